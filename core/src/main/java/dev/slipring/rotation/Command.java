package dev.slipring.rotation;

import java.util.Objects;

/** What an operator can ask of a rotation. Each is audited with who asks and why. */
public sealed interface Command {
    /** Who asks. */
    String by();

    /** Why; shown to operators, so it must hold no secret. */
    String reason();

    /** Begin a rotation now instead of when it is due. */
    record Rotate(String by, String reason) implements Command {
        public Rotate {
            required(by, reason);
        }
    }

    /** Give the primary role back to the version that had it before; deletes nothing. */
    record Rollback(String by, String reason) implements Command {
        public Rollback {
            required(by, reason);
        }
    }

    /** Give up the rotation under way before it promotes, or a rollback under way before it swaps. */
    record Abort(String by, String reason) implements Command {
        public Abort {
            required(by, reason);
        }
    }

    /** Forbid to revoke a version until it is released. */
    record Hold(int version, String by, String reason) implements Command {
        public Hold {
            required(by, reason);
        }
    }

    /** Take a hold back. */
    record Release(int version, String by, String reason) implements Command {
        public Release {
            required(by, reason);
        }
    }

    /** Erase the value of a revoked version that retires on census, once its soak is over. */
    record Destroy(int version, String by, String reason) implements Command {
        public Destroy {
            required(by, reason);
        }
    }

    private static void required(String by, String reason) {
        Objects.requireNonNull(by, "by");
        if (by.isBlank() || reason.isBlank()) {
            throw new IllegalArgumentException("a command names who asks and why");
        }
    }
}
