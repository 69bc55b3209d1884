package dev.slipring.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** A sealer with a few root keys, one byte of root version before AES-GCM; what opens and seals can be changed. */
final class RootSealer implements ValueSealer {
    private static final byte[] MAGIC = "sealed".getBytes(UTF_8);
    private static final int HEADER = MAGIC.length + 1;
    private static final int IV = 12;

    /** How much longer the sealed form is. */
    static final int OVERHEAD = HEADER + IV + 16;

    private final Map<Integer, SecretKeySpec> roots = new TreeMap<>();
    private volatile int seals;

    /** Accepts {@code versions}; the first one seals. */
    static RootSealer with(int... versions) {
        RootSealer sealer = new RootSealer();
        Arrays.stream(versions).forEach(sealer::accept);
        sealer.seals = versions[0];
        return sealer;
    }

    void accept(int version) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) version);
        roots.put(version, new SecretKeySpec(key, "AES"));
    }

    void sealWith(int version) {
        seals = version;
    }

    void drop(int version) {
        roots.remove(version);
    }

    @Override
    public SecretValue seal(SecretName secret, int version, SecretValue value) {
        if (value.length() > SecretValue.MAX_LENGTH - OVERHEAD) {
            throw new IllegalArgumentException("a value of " + value.length() + " bytes is too long to be sealed");
        }
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, seals, null, secret, version);
            byte[] body = value.<byte[]>reveal(bytes -> finish(cipher, bytes));
            return SecretValue.copyOf(ByteBuffer.allocate(HEADER + IV + body.length)
                    .put(MAGIC)
                    .put((byte) seals)
                    .put(cipher.getIV())
                    .put(body)
                    .array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public SecretValue open(SecretName secret, int version, SecretValue sealed) {
        byte[] bytes = sealed.copyBytes();
        int root = bytes[MAGIC.length];
        if (!roots.containsKey(root)) {
            throw new StoreUnavailableException(
                    "secret " + secret + " version " + version + " is under root version " + root, null);
        }
        try {
            byte[] iv = Arrays.copyOfRange(bytes, HEADER, HEADER + IV);
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, root, iv, secret, version);
            return SecretValue.copyOf(cipher.doFinal(bytes, HEADER + IV, bytes.length - HEADER - IV));
        } catch (AEADBadTagException e) {
            throw new UnusableRecordException("secret " + secret + " version " + version + " was changed", null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Optional<SecretValue> reseal(SecretName secret, int version, SecretValue sealed) {
        SecretValue opened = open(secret, version, sealed);
        return rootVersion(secret, version, sealed) == seals
                ? Optional.empty()
                : Optional.of(seal(secret, version, opened));
    }

    @Override
    public int rootVersion(SecretName secret, int version, SecretValue sealed) {
        open(secret, version, sealed);
        return sealed.reveal(bytes -> (int) bytes[MAGIC.length]);
    }

    @Override
    public boolean isSealed(SecretValue stored) {
        return stored.reveal(bytes -> Arrays.mismatch(MAGIC, bytes) == MAGIC.length);
    }

    private Cipher cipher(int mode, int root, byte[] iv, SecretName secret, int version)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, roots.get(root), iv == null ? null : new GCMParameterSpec(128, iv));
        cipher.updateAAD((secret + "/" + version).getBytes(UTF_8));
        return cipher;
    }

    private static byte[] finish(Cipher cipher, byte[] bytes) {
        try {
            return cipher.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
