package dev.slipring.crypto;

import java.util.Base64;

/** The text form of an envelope: {@code e1.} and base64url without padding. One legal spelling for each envelope. */
final class EnvelopeText {
    private static final String PREFIX = "e1.";
    private static final int LONGEST = PREFIX.length() + (int) ((Envelope.MAX_LENGTH * 4L + 2) / 3);
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private EnvelopeText() {}

    static String write(byte[] envelope) {
        return PREFIX + ENCODER.encodeToString(envelope);
    }

    /**
     * The envelope spelled {@code text}.
     *
     * @throws EnvelopeException {@code MALFORMED} if it is not the one legal spelling of some bytes
     */
    static byte[] read(String text) {
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
