package dev.slipring.crypto.legacy;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads one message of the protocol buffers' wire format, field by field: variable-length integers and byte strings;
 * the two other kinds are skipped. Anything that is no message is an {@link IllegalArgumentException}. Not
 * thread-safe.
 */
final class ProtoFields {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final ByteBuffer in;
    private int number;
    private int kind;
    private long integer;
    private int start;
    private int end;

    /** The fields of {@code message}, which is referred to. */
    ProtoFields(byte[] message) {
        in = ByteBuffer.wrap(message);
    }

    /** Moves to the next field; false at the end. */
    boolean next() {
        if (!in.hasRemaining()) {
            return false;
        }
        long tag = varint();
        number = (int) (tag >>> 3);
        kind = (int) tag & 7;
        if (tag != (tag & 0xFFFFFFFFL) || number == 0) {
            throw broken();
        }
        switch (kind) {
            case VARINT -> integer = varint();
            case FIXED64 -> skip(Long.BYTES);
            case BYTES -> skip(varint());
            case FIXED32 -> skip(Integer.BYTES);
            default -> throw broken();
        }
        return true;
    }

    int number() {
        return number;
    }

    /** The field's integer, its lower 32 bits. */
    int integer() {
        if (kind != VARINT) {
            throw broken();
        }
        return (int) integer;
    }

    /** A copy of the field's bytes, owned and wiped by the caller. */
    byte[] bytes() {
        if (kind != BYTES) {
            throw broken();
        }
        return Arrays.copyOfRange(in.array(), start, end);
    }

    private void skip(long length) {
        if (length < 0 || length > in.remaining()) {
            throw broken();
        }
        start = in.position();
        end = start + (int) length;
        in.position(end);
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64 && in.hasRemaining(); shift += 7) {
            byte part = in.get();
            value |= (part & 0x7FL) << shift;
            if (part >= 0) {
                return value;
            }
        }
        throw broken();
    }

    private static IllegalArgumentException broken() {
        return new IllegalArgumentException("not a message of protocol buffers");
    }
}
