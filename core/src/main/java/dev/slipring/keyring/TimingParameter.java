package dev.slipring.keyring;

/** The durations that a rotation's safety rests on, each with the letter that messages and records use. */
public enum TimingParameter {
    /** Shortest time from publishing a version to promoting it. */
    PUBLISH("P"),
    /** Shortest time from promoting a version to revoking the one before it. */
    OVERLAP("O"),
    /** Soak: shortest time from revoking a version to erasing its value. */
    SOAK("W"),
    /** Longest interval between two refreshes of a replica, jitter included. */
    REFRESH("R"),
    /** Longest time that a replica's view may lag behind before the replica no longer counts as live. */
    STALENESS("L"),
    /** Longest time until a write is visible to every reader, request time-out and write window included. */
    LAG("D"),
    /** Write window: a compare-and-set later than this after its read is given up. Part of {@link #LAG}. */
    WRITE_WINDOW("C"),
    /** Longest time from a replica's new snapshot until everything in that replica uses it. */
    ADOPTION("A"),
    /** Longest life of anything produced with a version; zero where nothing outlives the call. */
    LIFETIME("T"),
    /** Largest difference between two clocks that stamp or judge. */
    SKEW("e"),
    /** Longest time until an installed value works at the issuer. */
    ACTIVATION("V"),
    /** Longest time until a revoked value stops working at the issuer. */
    REVOCATION("X");

    private final String letter;

    TimingParameter(String letter) {
        this.letter = letter;
    }

    /** The letter used in inequalities, messages and records. */
    public String letter() {
        return letter;
    }
}
