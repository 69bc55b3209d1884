package dev.slipring.apikey;

import dev.slipring.keyring.SecretValue;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the service calls the keys that this process has minted lately, so that nobody needs to be asked right after
 * that. Knows values by a digest alone. Safe for use by several threads.
 */
final class MintedIds {
    /** More keys than are minted between a mint and the look at its attributes. */
    private static final int MOST = 16;

    private final Map<String, String> ids = new LinkedHashMap<>();

    synchronized void add(MintedKey key) {
        if (ids.size() >= MOST) {
            ids.remove(ids.keySet().iterator().next());
        }
        ids.put(digest(key.value()), key.id());
    }

    synchronized Optional<String> of(SecretValue value) {
        return Optional.ofNullable(ids.get(digest(value)));
    }

    private static String digest(SecretValue value) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(value.reveal(sha256::digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every platform has SHA-256", e);
        }
    }
}
