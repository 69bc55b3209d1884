package dev.slipring.jdbc.sql;

/**
 * One column of a table of ours.
 *
 * @param name its name
 * @param kind what it holds
 * @param length the longest content, in characters or bytes; 0 where the kind has none
 * @param nullable whether it may be NULL
 */
public record Column(String name, Kind kind, int length, boolean nullable) {
    /** What a column holds. */
    public enum Kind {
        /** Short ASCII text, compared byte by byte. */
        NAME,
        /** 32 bits. */
        INTEGER,
        /** 64 bits. */
        LONG,
        /** Long ASCII text. */
        TEXT,
        /** Bytes. */
        BYTES
    }

    /** Short ASCII text. */
    public static Column name(String name, int length) {
        return new Column(name, Kind.NAME, length, false);
    }

    /** A number of 32 bits. */
    public static Column integer(String name) {
        return new Column(name, Kind.INTEGER, 0, false);
    }

    /** A number of 64 bits. */
    public static Column number(String name) {
        return new Column(name, Kind.LONG, 0, false);
    }

    /** Long ASCII text. */
    public static Column text(String name) {
        return new Column(name, Kind.TEXT, 0, false);
    }

    /** Bytes. */
    public static Column bytes(String name, int length) {
        return new Column(name, Kind.BYTES, length, false);
    }

    /** The same column that may be NULL. */
    public Column orNull() {
        return new Column(name, kind, length, true);
    }
}
