package dev.slipring.rotation;

import dev.slipring.keyring.VersionState;
import dev.slipring.store.Phase;

/** What a compromise of one version leads to, by the phase of its secret and the state of the version. */
enum EmergencyResponse {
    /** The version has never produced and never will. */
    ABORT("is given up and revoked"),
    /** A new version is made at once. */
    REPLACE("is replaced by a new version, which is made at once"),
    /** The version that is on its way takes over, without the rest of its wait as the plan has it. */
    HURRY("is replaced by the version that is on its way"),
    /** The rotation that made it primary ends at once, so that the next can begin. */
    PARK_AND_REPLACE("is replaced by a new version, once the slot that it needs is free"),
    /** The version on its way is revoked first. */
    REPLACE_AFTER_ABORT("is replaced by a new version, once the aborted one is revoked"),
    /** Nothing is to be replaced: another version produces. */
    REVOKE_EARLY("no longer produces and is revoked without the rest of its overlap"),
    /** The revocation is under way. */
    GO_ON("is being revoked"),
    /** The mark is all there is to set. */
    MARK("is not valid any more; what it once made is suspect");

    private final String text;

    EmergencyResponse(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    /** The table. What cannot be, such as a version being staged while nothing is under way, is answered by MARK. */
    static EmergencyResponse to(Phase phase, VersionState state) {
        return switch (state) {
            case STAGED -> phase == Phase.MINTING ? ABORT : MARK;
            case PUBLISHED -> ABORT;
            case PRIMARY ->
                switch (phase) {
                    case IDLE -> REPLACE;
                    case MINTING, PUBLISHED -> HURRY;
                    case OVERLAP -> PARK_AND_REPLACE;
                    case ABORTING -> REPLACE_AFTER_ABORT;
                };
            case RETIRING -> REVOKE_EARLY;
            case REVOKING -> GO_ON;
            case REVOKED, DESTROYED -> MARK;
        };
    }
}
