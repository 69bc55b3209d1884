package dev.slipring.crypto;

import dev.slipring.store.Commitment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * What a data key is for, as a remote KEK binds it.
 *
 * @param ringId number of the ring
 * @param suite number of the suite, 1 to 255
 * @param commitment the data key's commitment under that suite
 */
public record KeyBinding(int ringId, int suite, Commitment commitment) {
    private static final byte[] LABEL = "slipring/e1/wrap".getBytes(StandardCharsets.US_ASCII);

    /**
     * A binding.
     *
     * @param ringId number of the ring
     * @param suite number of the suite
     * @param commitment the data key's commitment
     * @throws IllegalArgumentException if the suite is out of range
     */
    public KeyBinding {
        Objects.requireNonNull(commitment, "commitment");
        if (suite < 1 || suite > 255) {
            throw new IllegalArgumentException("suite " + suite + " is not in 1..255");
        }
    }

    /**
     * The associated data: {@code "slipring/e1/wrap" || u32 ring id || u8 suite || C}.
     *
     * @return 53 bytes
     */
    public byte[] encoded() {
        return ByteBuffer.allocate(LABEL.length + Integer.BYTES + 1 + Commitment.LENGTH)
                .put(LABEL)
                .putInt(ringId)
                .put((byte) suite)
                .put(commitment.bytes())
                .array();
    }
}
