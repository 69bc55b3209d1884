package dev.slipring.jdbc.rewrap;

import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One cell of the column, with what the rest of its row says. Not safe for use by several threads. */
public final class Cell {
    private final byte[] bytes;
    private final Map<String, Told> told;

    /**
     * What another column says.
     *
     * @param kind how it is read and written
     * @param text its content as text, bytes in hexadecimal; null if it is NULL
     */
    record Told(ColumnKind kind, @Nullable String text) {}

    Cell(byte[] bytes, Map<String, Told> told) {
        this.bytes = bytes;
        this.told = told;
    }

    /** The content; of a text column in UTF-8. Not a copy, and not to be written to. */
    public byte[] bytes() {
        return bytes;
    }

    /**
     * What a column of the primary key, or one that was named as context, says, in the driver's text form.
     *
     * @return null if it is NULL
     * @throws IllegalArgumentException if it is neither, or holds bytes
     */
    public @Nullable String text(String column) {
        Told other = told(column);
        if (other.kind() == ColumnKind.BYTES) {
            throw new IllegalArgumentException("the column " + column + " holds bytes");
        }
        return other.text();
    }

    /**
     * The bytes in a column of the primary key, or in one that was named as context.
     *
     * @return null if it is NULL
     * @throws IllegalArgumentException if it is neither, or does not hold bytes
     */
    public byte @Nullable [] bytes(String column) {
        Told other = told(column);
        if (other.kind() != ColumnKind.BYTES) {
            throw new IllegalArgumentException("the column " + column + " does not hold bytes");
        }
        return other.text() == null ? null : HexFormat.of().parseHex(other.text());
    }

    private Told told(String column) {
        Told other = told.get(column);
        if (other == null) {
            throw new IllegalArgumentException(
                    "the column " + column + " is neither in the primary key nor named as context");
        }
        return other;
    }

    @Override
    public String toString() {
        return "Cell[" + bytes.length + " bytes]";
    }
}
