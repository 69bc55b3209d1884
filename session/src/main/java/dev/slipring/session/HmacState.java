package dev.slipring.session;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HMAC-SHA-256 under one key, for messages that begin with the same bytes. Implementations are immutable and safe
 * for use by several threads, without a lock or anything per thread.
 */
sealed interface HmacState {
    VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** The 32 bytes of the code over the fixed start, the eight bytes of {@code head}, and {@code rest}. */
    byte[] digest(long head, byte[] rest);

    /** The state for {@code key}, which stays the caller's to wipe, with {@code start} taken in. */
    static HmacState of(byte[] key, byte[] start) {
        try {
            return new Cloned(MessageDigest.getInstance("SHA-256"), key, start);
        } catch (CloneNotSupportedException e) {
            return new PerMessage(key, start);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java platform lacks SHA-256", e);
        }
    }

    /**
     * Both hash states with the padded key taken in: {@code Mac} would hash the two pads anew for each message, at
     * twice the cost. A message clones the states and never writes them.
     */
    final class Cloned implements HmacState {
        private static final int BLOCK = 64;
        private static final int LENGTH = 32;
        private final MessageDigest inner;
        private final MessageDigest outer;

        private Cloned(MessageDigest sha256, byte[] key, byte[] start) throws CloneNotSupportedException {
            inner = padded(sha256, key, 0x36);
            inner.update(start);
            outer = padded(sha256, key, 0x5C);
        }

        @Override
        public byte[] digest(long head, byte[] rest) {
            byte[] code = new byte[LENGTH];
            LONG.set(code, 0, head);
            MessageDigest in = copy(inner);
            in.update(code, 0, Long.BYTES);
            in.update(rest);
            finish(in, code);
            MessageDigest out = copy(outer);
            out.update(code);
            finish(out, code);
            return code;
        }

        /** Into an array that is there already, which the hash may have read just before. */
        private static void finish(MessageDigest state, byte[] code) {
            try {
                state.digest(code, 0, LENGTH);
            } catch (DigestException e) {
                throw new IllegalStateException("a SHA-256 hash does not fit " + LENGTH + " bytes", e);
            }
        }

        /** The key is never longer than a block here. */
        private static MessageDigest padded(MessageDigest sha256, byte[] key, int pad)
                throws CloneNotSupportedException {
            byte[] block = Arrays.copyOf(key, BLOCK);
            for (int i = 0; i < BLOCK; i++) {
                block[i] ^= (byte) pad;
            }
            MessageDigest state = (MessageDigest) sha256.clone();
            state.update(block);
            Arrays.fill(block, (byte) 0);
            return state;
        }

        private static MessageDigest copy(MessageDigest state) {
            try {
                return (MessageDigest) state.clone();
            } catch (CloneNotSupportedException e) {
                throw new IllegalStateException("a SHA-256 that was cloned before cannot be cloned", e);
            }
        }
    }

    /** For providers whose digests cannot be cloned: a {@code Mac} for each message. */
    final class PerMessage implements HmacState {
        private static final String ALGORITHM = "HmacSHA256";
        private final SecretKeySpec key;
        private final byte[] start;

        PerMessage(byte[] key, byte[] start) {
            this.key = new SecretKeySpec(key, ALGORITHM);
            this.start = start.clone();
        }

        @Override
        public byte[] digest(long head, byte[] rest) {
            byte[] first = new byte[Long.BYTES];
            LONG.set(first, 0, head);
            try {
                Mac mac = Mac.getInstance(ALGORITHM);
                mac.init(key);
                mac.update(start);
                mac.update(first);
                return mac.doFinal(rest);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this Java platform lacks " + ALGORITHM, e);
            }
        }
    }
}
