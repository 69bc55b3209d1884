package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.crypto.EnvelopeException.Failure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What the tests of streams share. */
final class Streams {
    static final int CHUNK = 16384;
    static final int SEALED_CHUNK = 16400;
    /** Where the first chunk of an envelope under a local KEK stands. */
    static final int START = 15 + 40 + 32 + 56;

    private Streams() {}

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    static byte[] encrypted(EnvelopeEncryptor encryptor, byte[] plaintext) {
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        try (OutputStream stream = encryptor.streams().encrypting(sink, Keks.NOTE)) {
            stream.write(plaintext);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sink.toByteArray();
    }

    static byte[] decrypted(EnvelopeEncryptor encryptor, byte[] envelope) throws IOException {
        try (InputStream stream = encryptor.streams().decrypting(new ByteArrayInputStream(envelope), Keks.NOTE)) {
            return stream.readAllBytes();
        }
    }

    /** The failure that {@code call} ends in, as itself or as the cause of an {@link IOException}. */
    static Failure failureOf(ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        if (thrown instanceof IOException) {
            thrown = thrown.getCause();
        }
        assertThat(thrown).isInstanceOf(EnvelopeException.class);
        return ((EnvelopeException) thrown).failure();
    }

    static void assertTampered(ThrowingCallable read) {
        assertThat(catchThrowable(read)).isInstanceOf(IOException.class);
        assertThat(failureOf(read)).isEqualTo(Failure.TAMPERED);
    }

    /** The bytes in all arrays that {@code root} holds, through this package's own objects. */
    static long held(Object root) throws IllegalAccessException {
        return held(root, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private static long held(Object object, Set<Object> seen) throws IllegalAccessException {
        if (object == null || !seen.add(object)) {
            return 0;
        }
        if (object instanceof byte[] bytes) {
            return bytes.length;
        }
        if (object instanceof ByteBuffer buffer) {
            return held(buffer.array(), seen);
        }
        long sum = 0;
        if (object.getClass().getPackage() == Streams.class.getPackage()) {
            for (Field field : object.getClass().getDeclaredFields()) {
                if (!field.getType().isPrimitive() && !Modifier.isStatic(field.getModifiers())) {
                    field.setAccessible(true);
                    sum += held(field.get(object), seen);
                }
            }
        }
        return sum;
    }
}
