package dev.slipring.crypto;

import dev.slipring.keyring.SecretValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** A key management service in memory: counts its calls, and fails or hangs on demand. Safe for use by several threads. */
final class FakeKeyService implements KeyWrapper.Source {
    /** The first bytes of what it wraps, so that the length is no local key's. */
    private static final byte[] LABEL = "fake:v1:".getBytes(StandardCharsets.US_ASCII);

    private static final int IV = 12;

    private final AtomicInteger wraps = new AtomicInteger();
    private final AtomicInteger unwraps = new AtomicInteger();
    private final AtomicInteger hanging = new AtomicInteger();
    private volatile boolean down;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    /** The value of a version that stands for the key {@code name}. */
    static byte[] reference(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    /** The wrapper of the key {@code name}. */
    KeyWrapper key(String name) {
        return wrapper(1, SecretValue.copyOf(reference(name)));
    }

    /** While {@code down}, every call fails. */
    void down(boolean value) {
        down = value;
    }

    /** From now on every call hangs until the result is counted down. */
    CountDownLatch hang() {
        gate = new CountDownLatch(1);
        return gate;
    }

    int wraps() {
        return wraps.get();
    }

    int unwraps() {
        return unwraps.get();
    }

    /** How many calls have come to a closed gate. */
    int hanging() {
        return hanging.get();
    }

    @Override
    public KeyWrapper wrapper(int version, SecretValue reference) {
        String name = reference.reveal(bytes -> new String(bytes, StandardCharsets.UTF_8));
        if (name.startsWith("no-key")) {
            throw new IllegalArgumentException("the value of version " + version + " names no key");
        }
        return new Key(name);
    }

    private void call() {
        CountDownLatch closed = gate;
        if (closed.getCount() > 0) {
            hanging.incrementAndGet();
            try {
                closed.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted", e);
            }
        }
        if (down) {
            throw new IllegalStateException("the fake service is down");
        }
    }

    private final class Key implements KeyWrapper {
        private final String name;

        Key(String name) {
            this.name = name;
        }

        @Override
        public String keyId() {
            return name;
        }

        @Override
        public byte[] wrap(byte[] dek, KeyBinding binding) {
            wraps.incrementAndGet();
            call();
            try {
                Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
                cipher.init(Cipher.ENCRYPT_MODE, secret());
                cipher.updateAAD(binding.encoded());
                byte[] sealed = cipher.doFinal(dek);
                return ByteBuffer.allocate(LABEL.length + IV + sealed.length)
                        .put(LABEL)
                        .put(cipher.getIV())
                        .put(sealed)
                        .array();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public byte[] unwrap(byte[] wrapped, KeyBinding binding) {
            unwraps.incrementAndGet();
            call();
            int sealed = LABEL.length + IV;
            if (wrapped.length <= sealed || !Arrays.equals(Arrays.copyOf(wrapped, LABEL.length), LABEL)) {
                throw new KeyRefusedException("key " + name + ": nothing that it wrapped", null);
            }
            try {
                Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
                cipher.init(Cipher.DECRYPT_MODE, secret(), new GCMParameterSpec(128, wrapped, LABEL.length, IV));
                cipher.updateAAD(binding.encoded());
                return cipher.doFinal(wrapped, sealed, wrapped.length - sealed);
            } catch (AEADBadTagException e) {
                throw new KeyRefusedException("key " + name + ": not for this binding, or not by this key", e);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        private SecretKeySpec secret() throws GeneralSecurityException {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return new SecretKeySpec(digest, "AES");
        }
    }
}
