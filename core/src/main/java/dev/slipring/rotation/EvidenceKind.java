package dev.slipring.rotation;

/**
 * What a version may have to show, beside the time that has passed, before it is revoked. A kind counts where its
 * source exists: the issuer's traits declare one, replicas that report are another. Naming a kind in a policy
 * insists on it. Missing evidence, and evidence of use, mean to wait and to tell somebody.
 */
public enum EvidenceKind {
    /** Every replica with a live lease has said that its users have taken up the present record. */
    ACKNOWLEDGEMENTS,
    /** The issuer says that nobody uses the version. */
    ISSUER_USE,
    /** No replica has produced with the version lately. */
    REPLICA_USE,
    /** Some replica has produced with the new version, unless nothing was produced for a whole overlap. */
    NEW_VERSION_USE
}
