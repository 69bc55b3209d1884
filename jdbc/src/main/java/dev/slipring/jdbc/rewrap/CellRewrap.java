package dev.slipring.jdbc.rewrap;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** Moves the content of one cell. Called by the thread that runs, never under a lock of the database. */
@FunctionalInterface
public interface CellRewrap {
    /**
     * What becomes of {@code cell}.
     *
     * <p>An exception ends the run, with nothing of the batch written: for keys that cannot be reached now. What will
     * never work for this cell is {@linkplain Refused refused}.
     */
    Outcome rewrap(Cell cell);

    /** A rewrap that needs no context: a cell that comes back with equal bytes is unchanged. */
    static CellRewrap of(UnaryOperator<byte[]> rewrap) {
        return cell -> {
            byte[] bytes = cell.bytes();
            byte[] next = rewrap.apply(bytes);
            return Arrays.equals(bytes, next) ? new Unchanged() : new Changed(next);
        };
    }

    /** What becomes of a cell. */
    sealed interface Outcome permits Changed, Unchanged, Refused {}

    /** The cell gets other content. */
    final class Changed implements Outcome {
        private final byte[] bytes;

        /** {@code bytes} are the content, in UTF-8 if the column holds text; kept and not copied. */
        public Changed(byte[] bytes) {
            this.bytes = Objects.requireNonNull(bytes, "bytes");
        }

        byte[] bytes() {
            return bytes;
        }

        @Override
        public String toString() {
            return "Changed[" + bytes.length + " bytes]";
        }
    }

    /** The cell is under the primary version already. */
    record Unchanged() implements Outcome {}

    /**
     * The cell cannot be moved and is set aside.
     *
     * @param reason why, without anything of the content; cut after 200 characters
     */
    record Refused(String reason) implements Outcome {
        public Refused {
            Objects.requireNonNull(reason, "reason");
        }
    }
}
