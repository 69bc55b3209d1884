package dev.slipring.session.foreign;

import dev.slipring.keyring.SecretValue;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/** A key that signs. Safe for use by several threads until it is wiped, and of no use to anybody afterwards. */
final class MacKey {
    private final MacAlgorithm algorithm;
    private final SecretValue bytes;

    private MacKey(MacAlgorithm algorithm, SecretValue bytes) {
        this.algorithm = algorithm;
        this.bytes = bytes;
    }

    /** A key of {@code bytes}, which it wipes. */
    static MacKey consuming(byte[] bytes, MacAlgorithm algorithm) {
        try {
            return new MacKey(algorithm, SecretValue.copyOf(bytes));
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** The code over {@code text}, which has no unpaired surrogates. */
    byte[] sign(String text) {
        return digest(text.getBytes(StandardCharsets.UTF_8));
    }

    byte[] digest(byte[] message) {
        try {
            Mac mac = Mac.getInstance(algorithm.jca());
            mac.init(raw());
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform lacks " + algorithm.jca(), e);
        }
    }

    boolean hasSigned(Candidate candidate) {
        byte[] expected = sign(candidate.text());
        boolean signed = false;
        for (byte[] mac : candidate.macs()) {
            signed |= MessageDigest.isEqual(expected, mac);
        }
        return signed;
    }

    /** The key as a {@code Mac} wants it. */
    SecretKey raw() {
        return new Raw(algorithm.jca(), bytes);
    }

    void wipe() {
        bytes.wipe();
    }

    /** What a {@code Mac} asks for; unlike the JDK's own it leaves no copy behind that nobody wipes. */
    private static final class Raw implements SecretKey {
        private static final long serialVersionUID = 1;

        private final String algorithm;
        private final transient SecretValue bytes;

        Raw(String algorithm, SecretValue bytes) {
            this.algorithm = algorithm;
            this.bytes = bytes;
        }

        @Override
        public String getAlgorithm() {
            return algorithm;
        }

        @Override
        public String getFormat() {
            return "RAW";
        }

        @Override
        public byte[] getEncoded() {
            return bytes.copyBytes();
        }

        private void writeObject(ObjectOutputStream out) throws NotSerializableException {
            throw new NotSerializableException(Raw.class.getName());
        }
    }
}
