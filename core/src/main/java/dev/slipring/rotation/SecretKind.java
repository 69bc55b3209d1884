package dev.slipring.rotation;

/** Who produces and who accepts what is made with a secret. */
public enum SecretKind {
    /** The replicas produce and the replicas accept: cookie keys, KEKs. */
    SELF,
    /** The replicas present it and somebody else accepts: database logins, API keys. */
    OUTBOUND,
    /** Somebody else produces and the replicas accept: webhook secrets. */
    INBOUND
}
