package dev.slipring.jdbc.rewrap;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the primary key of a row says.
 *
 * @param parts column by column, as {@link ColumnKind} reads them
 */
record RowKey(List<String> parts) {
    RowKey {
        parts = List.copyOf(parts);
    }

    /** The key that {@code text} spells. */
    static RowKey parse(String text) {
        return new RowKey(Arrays.stream(text.split(",", -1))
                .map(part -> URLDecoder.decode(part, UTF_8))
                .toList());
    }

    /** In ASCII, to be kept in a table. */
    String print() {
        return parts.stream().map(part -> URLEncoder.encode(part, UTF_8)).collect(Collectors.joining(","));
    }

    /** SHA-256 of that, since keys may be too long for an index. */
    byte[] digest() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(print().getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
