package dev.slipring.jdbc.rewrap;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Content that says which key version it is under, as in {@code 1:hello}, and what moves it to version 2. */
final class Versions {
    private Versions() {}

    static byte[] cell(int version, String content) {
        return (version + ":" + content).getBytes(UTF_8);
    }

    static String text(byte[] cell) {
        return new String(cell, UTF_8);
    }

    /** Moves 1 to 2, leaves 2 as it is, and refuses everything else. */
    static CellRewrap.Outcome toTwo(Cell cell) {
        String text = text(cell.bytes());
        if (text.startsWith("2:")) {
            return new CellRewrap.Unchanged();
        }
        return text.startsWith("1:")
                ? new CellRewrap.Changed(cell(2, text.substring(2)))
                : new CellRewrap.Refused("of no known version");
    }

    static String version(byte[] cell) {
        return text(cell).replaceFirst(":.*", "");
    }
}
