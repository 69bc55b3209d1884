package dev.slipring.vault;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One request: what it is for, where it goes, and whether it may be made twice. Holds the body until it is wiped. */
final class VaultRequest {
    /** Buffers are not kept for the next request, since what is written may be a key. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .build();

    private final String operation;
    private final String path;
    private final byte @Nullable [] body;
    private final boolean repeatable;

    /** Writes the fields of a body. */
    interface Fields {
        void write(JsonGenerator out) throws IOException;
    }

    private VaultRequest(String operation, String path, byte @Nullable [] body, boolean repeatable) {
        this.operation = operation;
        this.path = path;
        this.body = body;
        this.repeatable = repeatable;
    }

    /** Reads what is at {@code path}. */
    static VaultRequest read(String operation, String path) {
        return new VaultRequest(operation, path, null, true);
    }

    /** Writes in a way that has the same effect when it happens twice. */
    static VaultRequest write(String operation, String path, Fields fields) {
        return new VaultRequest(operation, path, json(fields), true);
    }

    /** Writes in a way that has another effect when it happens twice: never repeated where it may have happened. */
    static VaultRequest writeOnce(String operation, String path, Fields fields) {
        return new VaultRequest(operation, path, json(fields), false);
    }

    String operation() {
        return operation;
    }

    String path() {
        return path;
    }

    /** The body, which is not to be changed; null if this reads. */
    byte @Nullable [] body() {
        return body;
    }

    boolean repeatable() {
        return repeatable;
    }

    void wipe() {
        if (body != null) {
            Arrays.fill(body, (byte) 0);
        }
    }

    @Override
    public String toString() {
        return "VaultRequest[" + operation + " at " + path + "]";
    }

    private static byte[] json(Fields fields) {
        try (WipedOutput out = new WipedOutput();
                JsonGenerator generator = FACTORY.createGenerator(out)) {
            generator.writeStartObject();
            fields.write(generator);
            generator.writeEndObject();
            generator.flush();
            return out.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException("an array cannot fail to be written", e);
        }
    }

    /** Wipes its buffer when it is closed; one that it has outgrown is gone. */
    private static final class WipedOutput extends ByteArrayOutputStream {
        WipedOutput() {
            super(1024);
        }

        @Override
        public synchronized void close() {
            Arrays.fill(buf, (byte) 0);
        }
    }
}
