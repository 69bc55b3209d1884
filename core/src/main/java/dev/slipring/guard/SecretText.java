package dev.slipring.guard;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.SecretKind;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * The text form of a value that leaves Slipring: recognisable, so that scanners find it where it does not belong, and
 * checked, so that a slip in copying it is told from a wrong secret.
 *
 * <pre>
 * text = "slpr_" kind "_" base64url(length(2) || value || crc(4))       kind: self, outbound or inbound
 * crc  = CRC-32 of "slpr_" kind "_" || length || value                  integers are big endian, base64url unpadded
 * </pre>
 *
 * <p>CRC-32 finds every slip in one character, every swap of neighbours and whatever else lies within 32 bits; of
 * other changes it misses one in four thousand million. It is no protection against somebody who means to deceive.
 * There is one legal spelling of each value. Stateless and thread-safe.
 */
public final class SecretText {
    /** Finds texts of this form in anything, as scanners of repositories do. */
    public static final Pattern RULE = Pattern.compile("\\bslpr_(?:self|outbound|inbound)_[A-Za-z0-9_-]{10,}");

    private static final String MARK = "slpr_";
    private static final int LENGTH = 2;
    private static final int CHECKSUM = 4;
    private static final Map<SecretKind, byte[]> PREFIXES = new EnumMap<>(SecretKind.class);

    static {
        for (SecretKind kind : SecretKind.values()) {
            PREFIXES.put(kind, (MARK + word(kind) + "_").getBytes(ISO_8859_1));
        }
    }

    private SecretText() {}

    /**
     * The text of {@code value}, the whole secret, as ASCII: owned and wiped by the caller.
     *
     * @param kind who produces with it and who accepts it
     * @throws IllegalStateException if the value was wiped
     */
    public static byte[] revealAsText(SecretKind kind, SecretValue value) {
        byte[] prefix = prefix(kind);
        return value.reveal(bytes -> {
            byte[] body = new byte[LENGTH + bytes.length + CHECKSUM];
            byte[] encoded = {};
            try {
                ByteBuffer.wrap(body)
                        .putShort((short) bytes.length)
                        .put(bytes)
                        .putInt(checksum(prefix, body, LENGTH + bytes.length));
                encoded = Base64.getUrlEncoder().withoutPadding().encode(body);
                byte[] text = Arrays.copyOf(prefix, prefix.length + encoded.length);
                System.arraycopy(encoded, 0, text, prefix.length, encoded.length);
                return text;
            } finally {
                Arrays.fill(body, (byte) 0);
                Arrays.fill(encoded, (byte) 0);
            }
        });
    }

    /**
     * The value whose text is {@code text}, and nothing else but white space around it. The caller owns both and wipes
     * them.
     *
     * @param kind what the value is needed as
     * @throws IllegalArgumentException if the text is not of this form, is of another kind, is cut off or goes on, or
     *     has a slip in it: the message says which, without material
     */
    public static SecretValue parse(SecretKind kind, byte[] text) {
        byte[] bare = bare(text);
        try {
            byte[] prefix = prefix(kind);
            requirePrefix(kind, prefix, bare);
            byte[] body = decoded(Arrays.copyOfRange(bare, prefix.length, bare.length));
            try {
                return value(prefix, body);
            } finally {
                Arrays.fill(body, (byte) 0);
            }
        } finally {
            Arrays.fill(bare, (byte) 0);
        }
    }

    private static void requirePrefix(SecretKind kind, byte[] prefix, byte[] text) {
        if (startsWith(text, prefix)) {
            return;
        }
        PREFIXES.forEach((other, its) -> {
            if (startsWith(text, its)) {
                throw new IllegalArgumentException(
                        "the text is of kind " + word(other) + " where kind " + word(kind) + " is needed");
            }
        });
        throw new IllegalArgumentException(
                "the text is not that of an exported secret: it does not begin with " + new String(prefix, ISO_8859_1));
    }

    /** The bytes that {@code encoded} stands for, owned by the caller. Wipes {@code encoded}. */
    private static byte[] decoded(byte[] encoded) {
        byte[] body = {};
        byte[] again = {};
        try {
            requireLength(encoded);
            body = decode(encoded);
            again = Base64.getUrlEncoder().withoutPadding().encode(body);
            if (!Arrays.equals(encoded, again)) {
                throw mistyped();
            }
            return body.clone();
        } finally {
            Arrays.fill(body, (byte) 0);
            Arrays.fill(again, (byte) 0);
            Arrays.fill(encoded, (byte) 0);
        }
    }

    /** What is cut off or goes on is known by the length at the beginning, before the rest is looked at. */
    private static void requireLength(byte[] encoded) {
        int head = 4;
        if (encoded.length < head) {
            throw new IllegalArgumentException("the text is cut off");
        }
        byte[] begin = decode(Arrays.copyOf(encoded, head));
        int bytes = LENGTH + Short.toUnsignedInt(ByteBuffer.wrap(begin).getShort()) + CHECKSUM;
        Arrays.fill(begin, (byte) 0);
        int expected = (bytes * 4 + 2) / 3;
        if (encoded.length != expected) {
            throw new IllegalArgumentException("the text "
                    + (encoded.length < expected ? "is cut off" : "goes on after its end")
                    + ", or its beginning is mistyped: " + encoded.length + " characters follow the prefix, not "
                    + expected);
        }
    }

    private static byte[] decode(byte[] encoded) {
        try {
            return Base64.getUrlDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            throw mistyped(); // without the cause, which quotes the text
        }
    }

    private static SecretValue value(byte[] prefix, byte[] body) {
        int end = body.length - CHECKSUM;
        if (end <= LENGTH
                || checksum(prefix, body, end) != ByteBuffer.wrap(body).getInt(end)) {
            throw mistyped();
        }
        byte[] bytes = Arrays.copyOfRange(body, LENGTH, end);
        try {
            return SecretValue.copyOf(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static IllegalArgumentException mistyped() {
        return new IllegalArgumentException("the text is mistyped: its checksum does not fit");
    }

    private static int checksum(byte[] prefix, byte[] body, int length) {
        CRC32 crc = new CRC32();
        crc.update(prefix);
        crc.update(body, 0, length);
        return (int) crc.getValue();
    }

    private static byte[] bare(byte[] text) {
        int from = 0;
        int to = text.length;
        while (from < to && isBlank(text[from])) {
            from++;
        }
        while (to > from && isBlank(text[to - 1])) {
            to--;
        }
        return Arrays.copyOfRange(text, from, to);
    }

    private static boolean isBlank(byte character) {
        return character == ' ' || character == '\t' || character == '\n' || character == '\r';
    }

    private static boolean startsWith(byte[] text, byte[] prefix) {
        return text.length >= prefix.length && Arrays.equals(text, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static byte[] prefix(SecretKind kind) {
        return Objects.requireNonNull(PREFIXES.get(kind));
    }

    private static String word(SecretKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
