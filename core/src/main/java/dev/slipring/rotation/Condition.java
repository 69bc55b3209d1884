package dev.slipring.rotation;

/** The conditions that guards are made of. Each is needed: leaving any one out lets an outage happen. */
enum Condition {
    DUE,
    NO_ROTATION_UNDER_WAY,
    SLOT_FREE,
    VALUE_STORED,
    INSTALLED,
    EVERY_REPLICA_ACCEPTS,
    PROBED_ALIVE,
    OLD_VERSION_READMITTED,
    OLD_VERSION_NOT_COMPROMISED,
    OVERLAP_PASSED,
    SLOT_GIVEN_BACK,
    NOT_READMITTED,
    NOT_HELD,
    NO_OTHER_REVOKING,
    IDLE_AT_ISSUER,
    CENSUS_ZERO,
    CENSUS_LATE_ENOUGH,
    REVOKED_AT_ISSUER,
    PROBED_DEAD,
    SOAK_PASSED,
    OPERATOR_ASKED,
    ERASED
}
