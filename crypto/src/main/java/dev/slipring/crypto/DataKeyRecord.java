package dev.slipring.crypto;

import dev.slipring.store.Commitment;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;

/**
 * What a {@link dev.slipring.store.DataKeyStore} keeps of a data key: {@code F5 44 || version 01 || suite || u32 ring
 * id || u32 KEK version || u64 createdAt, in milliseconds since 1970 || C || u16 n || n bytes of wrapped DEK}, and
 * nothing behind it. One legal spelling of each value. A claim until it is opened. Immutable; not secret.
 */
final class DataKeyRecord {
    private static final short MAGIC = (short) 0xF544;
    private static final byte VERSION = 1;
    private static final int WRAPPED = 54;

    private final WrappedKey key;
    private final long createdAt;
    private final byte[] bytes;

    private DataKeyRecord(WrappedKey key, long createdAt, byte[] bytes) {
        this.key = key;
        this.createdAt = createdAt;
        this.bytes = bytes;
    }

    /** The record of a data key that was made at {@code createdAt}, 1970 or later. */
    static DataKeyRecord of(WrappedKey key, Instant createdAt) {
        return of(key, createdAt.toEpochMilli());
    }

    /**
     * Takes apart what was found by {@code commitment}.
     *
     * @param bytes which it owns from now on
     * @throws EnvelopeException {@code MALFORMED} if they are no record, {@code UNSUPPORTED} if they are one of another
     *     version or suite, {@code TAMPERED} if they are another data key's
     */
    static DataKeyRecord parse(Commitment commitment, byte[] bytes) {
        if (bytes.length <= WRAPPED || bytes.length > WRAPPED + Envelope.MAX_WRAPPED) {
            throw EnvelopeException.malformed(bytes.length + " bytes are no data-key record");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getShort() != MAGIC) {
            throw EnvelopeException.malformed("not a data-key record: the magic bytes are missing");
        }
        byte version = in.get();
        if (version != VERSION) {
            throw EnvelopeException.unsupported(
                    "data-key record format " + Byte.toUnsignedInt(version) + " is not supported");
        }
        Suite suite = Suite.of(in.get());
        EnvelopeHeader header = new EnvelopeHeader(suite.id(), in.getInt(), in.getInt());
        long createdAt = in.getLong();
        byte[] named = new byte[Commitment.LENGTH];
        in.get(named);
        int wrapped = Short.toUnsignedInt(in.getShort());
        if (createdAt < 0 || wrapped != in.remaining()) {
            throw EnvelopeException.malformed(
                    "a data-key record of " + bytes.length + " bytes has a wrapped key of " + wrapped);
        }
        if (!Commitment.copyOf(named).equals(commitment)) {
            throw EnvelopeException.tampered();
        }
        byte[] both = Arrays.copyOfRange(bytes, WRAPPED, bytes.length + named.length);
        System.arraycopy(named, 0, both, wrapped, named.length);
        return new DataKeyRecord(new WrappedKey(suite, header, wrapped, both), createdAt, bytes);
    }

    /** The same data key, wrapped anew. */
    DataKeyRecord rewrapped(WrappedKey wrapped) {
        return of(wrapped, createdAt);
    }

    /** How to come by the data key. */
    WrappedKey key() {
        return key;
    }

    /** What it is found by. */
    Commitment commitment() {
        return Commitment.copyOf(key.commitment());
    }

    /** The record as it is stored; not to be changed. */
    byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DataKeyRecord that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }

    @Override
    public String toString() {
        return "DataKeyRecord[" + key + ", created " + Instant.ofEpochMilli(createdAt) + "]";
    }

    private static DataKeyRecord of(WrappedKey key, long createdAt) {
        byte[] wrapped = key.wrapped();
        byte[] bytes = ByteBuffer.allocate(WRAPPED + wrapped.length)
                .putShort(MAGIC)
                .put(VERSION)
                .put(key.suite().id())
                .putInt(key.header().ringId())
                .putInt(key.header().kekVersion())
                .putLong(createdAt)
                .put(key.commitment())
                .putShort((short) wrapped.length)
                .put(wrapped)
                .array();
        return new DataKeyRecord(key, createdAt, bytes);
    }
}
