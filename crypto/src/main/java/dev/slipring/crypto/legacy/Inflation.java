package dev.slipring.crypto.legacy;

import dev.slipring.crypto.EnvelopeException;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Inflates zlib data up to the longest plaintext, in memory in proportion to what comes out. Stateless. */
final class Inflation {
    private static final int FIRST = 1024;
    private static final int TOO_LONG = Refusals.MAX_PLAINTEXT + 1;

    private Inflation() {}

    /**
     * What {@code deflated} holds, owned and wiped by the caller.
     *
     * @throws EnvelopeException {@code MALFORMED} if it is no zlib stream to its last byte, or of a longer plaintext
     */
    static byte[] inflate(String name, byte[] deflated) {
        Inflater inflater = new Inflater();
        byte[] out = new byte[FIRST];
        int length = 0;
        try {
            inflater.setInput(deflated);
            while (!inflater.finished()) {
                if (length == out.length) {
                    out = grown(name, out);
                }
                int more = inflater.inflate(out, length, out.length - length);
                if (more == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    throw Refusals.malformed(name, "a compressed plaintext that is cut off");
                }
                length += more;
            }
            requireShort(name, length);
            if (inflater.getRemaining() > 0) {
                throw Refusals.malformed(name, "a compressed plaintext with something after it");
            }
            return Arrays.copyOf(out, length);
        } catch (DataFormatException e) {
            throw Refusals.malformed(name, "a plaintext that is not compressed as it claims");
        } finally {
            inflater.end();
            Arrays.fill(out, (byte) 0);
        }
    }

    private static byte[] grown(String name, byte[] out) {
        requireShort(name, out.length);
        byte[] more = Arrays.copyOf(out, Math.min(TOO_LONG, 2 * out.length));
        Arrays.fill(out, (byte) 0);
        return more;
    }

    private static void requireShort(String name, int length) {
        if (length >= TOO_LONG) {
            throw Refusals.malformed(name, "a compressed plaintext of more than " + (TOO_LONG - 1) + " bytes");
        }
    }
}
