package dev.slipring.crypto;

import java.util.Base64;

/**
 * The text form of an envelope: {@code e1.} and base64url without padding. One legal spelling for each envelope.
 * Nothing of an envelope is checked here but its length. Stateless.
 */
public final class EnvelopeText {
    private static final String PREFIX = "e1.";
    private static final int LONGEST = PREFIX.length() + (int) ((Envelope.MAX_LENGTH * 4L + 2) / 3);
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private EnvelopeText() {}

    /**
     * The text form of {@code envelope}.
     *
     * @param envelope an envelope in binary form
     * @return its one legal spelling
     */
    public static String write(byte[] envelope) {
        return PREFIX + ENCODER.encodeToString(envelope);
    }

    /**
     * The envelope spelled {@code text}.
     *
     * @param text anything at all
     * @return what it spells, to be opened or rewrapped
     * @throws EnvelopeException {@code MALFORMED} if it is not the one legal spelling of some bytes
     */
    public static byte[] read(String text) {
        if (text.length() > LONGEST || !text.startsWith(PREFIX)) {
            throw EnvelopeException.malformed("not the text form of an envelope");
        }
        byte[] envelope;
        try {
            envelope = Base64.getUrlDecoder().decode(text.substring(PREFIX.length()));
        } catch (IllegalArgumentException e) {
            throw EnvelopeException.malformed("not base64url");
        }
        // The JDK's decoder alone also takes padding and stray bits behind the last byte.
        if (!write(envelope).equals(text)) {
            throw EnvelopeException.malformed("not the canonical spelling of an envelope");
        }
        return envelope;
    }
}
