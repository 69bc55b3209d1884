package dev.slipring.crypto.kek;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The private key in a PEM file (RFC 7468), still in DER and maybe encrypted; certificates and the like are passed over. */
final class PemKey {
    private static final byte[] BEGIN = "-----BEGIN ".getBytes(US_ASCII);
    private static final byte[] END = "-----END ".getBytes(US_ASCII);
    private static final byte[] DASHES = "-----".getBytes(US_ASCII);
    private static final int LONGEST_LABEL = 64;

    private final String label;
    private final byte[] der;

    private PemKey(String label, byte[] der) {
        this.label = label;
        this.der = der;
    }

    /**
     * The one private key in {@code file}.
     *
     * @throws RefusedKeyException if there is none or more than one, or it is encrypted in the old way of PEM
     */
    static PemKey only(byte[] file) throws RefusedKeyException {
        PemKey found = null;
        for (int at = find(file, BEGIN, 0); at >= 0; at = find(file, BEGIN, at)) {
            int label = at + BEGIN.length;
            int body = find(file, DASHES, label);
            int end = body < 0 ? -1 : find(file, END, body);
            if (end < 0 || body - label > LONGEST_LABEL) {
                throw new RefusedKeyException("is cut off or no PEM file");
            }
            String name = new String(file, label, body - label, US_ASCII);
            if (name.endsWith("PRIVATE KEY")) {
                if (found != null) {
                    Arrays.fill(found.der, (byte) 0);
                    throw new RefusedKeyException("holds more than one private key");
                }
                found = new PemKey(known(name, file, end), decode(file, body + DASHES.length, end));
            }
            at = end;
        }
        if (found == null) {
            throw new RefusedKeyException("holds no private key in PEM");
        }
        return found;
    }

    /** Such as {@code PRIVATE KEY}. */
    String label() {
        return label;
    }

    /** The key in DER, wiped by whoever asks. */
    byte[] der() {
        return der;
    }

    private static String known(String label, byte[] file, int end) throws RefusedKeyException {
        byte[] closing = (label + "-----").getBytes(US_ASCII);
        int from = end + END.length;
        if (!label.matches("([A-Z0-9]+ )?PRIVATE KEY")
                || from + closing.length > file.length
                || !Arrays.equals(file, from, from + closing.length, closing, 0, closing.length)) {
            throw new RefusedKeyException("is cut off or no PEM file");
        }
        return label;
    }

    private static byte[] decode(byte[] file, int from, int to) throws RefusedKeyException {
        byte[] digits = new byte[to - from];
        int count = 0;
        try {
            for (int i = from; i < to; i++) {
                byte character = file[i];
                if (character == ':') {
                    throw new RefusedKeyException(
                            "is encrypted in the old way of PEM; openssl pkcs8 -topk8 -v2 aes-256-cbc converts it");
                }
                if (character != '\r' && character != '\n' && character != ' ' && character != '\t') {
                    digits[count++] = character;
                }
            }
            byte[] exact = Arrays.copyOf(digits, count);
            byte @Nullable [] decoded = decode(exact);
            Arrays.fill(exact, (byte) 0);
            if (decoded == null) {
                throw new RefusedKeyException("is damaged: what stands in it is not base64");
            }
            return decoded;
        } finally {
            Arrays.fill(digits, (byte) 0);
        }
    }

    private static byte @Nullable [] decode(byte[] base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static int find(byte[] in, byte[] what, int from) {
        for (int at = from; at <= in.length - what.length; at++) {
            if (Arrays.equals(in, at, at + what.length, what, 0, what.length)) {
                return at;
            }
        }
        return -1;
    }
}
