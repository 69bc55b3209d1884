package dev.slipring.bench;

import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Mac;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.mac.MacConfig;
import com.google.crypto.tink.mac.PredefinedMacParameters;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;

/**
 * A peer: Tink's MAC with two keys of 128-bit tags, which names its key in a prefix of five bytes, and the JDK's Base64.
 */
final class TinkTokens {
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();
    private static final int TAG = 5 + 16;
    private static final int LIFE = 12 * 60 * 60;
    private static final int SKEW = 30;

    private final boolean plain;
    private final Mac[] macs = new Mac[2];

    TinkTokens(boolean plain) {
        this.plain = plain;
        try {
            MacConfig.register();
            KeysetHandle before = KeysetHandle.generateNew(PredefinedMacParameters.HMAC_SHA256_128BITTAG);
            KeysetHandle after = KeysetHandle.newBuilder(before)
                    .addEntry(KeysetHandle.generateEntryFromParameters(PredefinedMacParameters.HMAC_SHA256_128BITTAG)
                            .withRandomId()
                            .makePrimary())
                    .build();
            macs[0] = after.getPrimitive(RegistryConfiguration.get(), Mac.class);
            macs[1] = before.getPrimitive(RegistryConfiguration.get(), Mac.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A token under the current key, 0, or the one before, 1. */
    String sign(int key, byte[] payload) throws GeneralSecurityException {
        int now = (int) (System.currentTimeMillis() / 1000);
        byte[] message = ByteBuffer.allocate(10 + payload.length)
                .put((byte) 's')
                .put((byte) '1')
                .putInt(now)
                .putInt(now + LIFE)
                .put(payload)
                .array();
        byte[] trailer = ByteBuffer.allocate(8 + TAG)
                .put(message, 2, 8)
                .put(macs[key].computeMac(message))
                .array();
        String spelled =
                plain ? new String(payload, StandardCharsets.ISO_8859_1) : "~" + ENCODER.encodeToString(payload);
        return "s1." + spelled + "." + ENCODER.encodeToString(trailer);
    }

    /** What the token says. */
    MacTokens.Opened verify(String token) throws GeneralSecurityException {
        int dot = token.lastIndexOf('.');
        byte[] trailer = DECODER.decode(token.substring(dot + 1));
        byte[] payload = token.charAt(3) == '~'
                ? DECODER.decode(token.substring(4, dot))
                : token.substring(3, dot).getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer message = ByteBuffer.allocate(10 + payload.length)
                .put((byte) 's')
                .put((byte) '1')
                .put(trailer, 0, 8)
                .put(payload);
        byte[] tag = new byte[TAG];
        System.arraycopy(trailer, 8, tag, 0, TAG);
        macs[0].verifyMac(tag, message.array());
        long issuedAt = Integer.toUnsignedLong(message.getInt(2));
        long expiresAt = Integer.toUnsignedLong(message.getInt(6));
        long now = System.currentTimeMillis() / 1000;
        return issuedAt > now + SKEW || expiresAt <= now - SKEW
                ? null
                : new MacTokens.Opened(payload, issuedAt, expiresAt, 0);
    }
}
