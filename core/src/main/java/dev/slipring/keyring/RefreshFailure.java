package dev.slipring.keyring;

import java.time.Duration;
import java.util.Objects;

/**
 * Why the latest attempt to read a secret did not confirm the view of it. Without the words of the failure, which name
 * places; those are in the log. Immutable.
 *
 * @param type the simple name of the exception, or {@code OlderRecord} if the store answered with an older record, or
 *     {@code ReportNotKept} if it did not keep what this replica says of itself
 * @param ago how long ago, on a monotonic clock
 */
public record RefreshFailure(String type, Duration ago) {
    /** The failure of this type. */
    public RefreshFailure {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(ago, "ago");
    }
}
