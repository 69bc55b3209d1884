package dev.slipring.keyring;

/** Why something that was presented, to an issuer or to this replica, was not accepted. */
public enum AuthFailure {
    /** An API answered 401: it does not know the key. */
    UNAUTHORIZED("401"),
    /** A database refused the login. */
    SQL_STATE("sqlstate"),
    /** The signature or the tag is not what a holder of the secret would have made. */
    SIGNATURE("signature"),
    /** Names a version or a key that is not among those accepted here. */
    UNKNOWN_KEY("unknown-key"),
    /** Anything else, such as what has no legal form. */
    OTHER("other");

    private final String tag;

    AuthFailure(String tag) {
        this.tag = tag;
    }

    /** The short name in metrics and events; never changes. */
    public String tag() {
        return tag;
    }
}
