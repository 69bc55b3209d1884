package dev.slipring.vault;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
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
    private final Nature nature;
    private final BooleanSupplier wanted;

    private enum Nature {
        READ,
        READ_ONCE,
        LOOK_UP,
        WRITE,
        WRITE_ONCE,
        DELETE
    }

    /** Writes the fields of a body. */
    interface Fields {
        void write(JsonGenerator out) throws IOException;
    }

    private VaultRequest(Nature nature, String operation, String path, byte @Nullable [] body) {
        this(nature, operation, path, body, () -> true);
    }

    private VaultRequest(Nature nature, String operation, String path, byte @Nullable [] body, BooleanSupplier wanted) {
        this.nature = nature;
        this.operation = operation;
        this.path = path;
        this.body = body;
        this.wanted = wanted;
    }

    /** Reads what is at {@code path}. */
    static VaultRequest read(String operation, String path) {
        return new VaultRequest(Nature.READ, operation, path, null);
    }

    /** Reads what may be at {@code path}: that nothing is there is an answer as well. */
    static VaultRequest lookUp(String operation, String path) {
        return new VaultRequest(Nature.LOOK_UP, operation, path, null);
    }

    /** Reads in a way that makes something each time: never repeated where it may have happened. */
    static VaultRequest readOnce(String operation, String path) {
        return new VaultRequest(Nature.READ_ONCE, operation, path, null);
    }

    /** Writes in a way that has the same effect when it happens twice. */
    static VaultRequest write(String operation, String path, Fields fields) {
        return new VaultRequest(Nature.WRITE, operation, path, json(fields));
    }

    /** Writes in a way that has another effect when it happens twice: never repeated where it may have happened. */
    static VaultRequest writeOnce(String operation, String path, Fields fields) {
        return new VaultRequest(Nature.WRITE_ONCE, operation, path, json(fields));
    }

    /** Takes away what is at {@code path}. */
    static VaultRequest delete(String operation, String path) {
        return new VaultRequest(Nature.DELETE, operation, path, null);
    }

    String operation() {
        return operation;
    }

    String path() {
        return path;
    }

    /** The body, which is not to be changed; null if this reads or deletes. */
    byte @Nullable [] body() {
        return body;
    }

    boolean repeatable() {
        return nature != Nature.WRITE_ONCE && nature != Nature.READ_ONCE;
    }

    boolean deletes() {
        return nature == Nature.DELETE;
    }

    /** Whether an answer that nothing is there is as good as any. */
    boolean looksUp() {
        return nature == Nature.LOOK_UP;
    }

    /** This request, which is sent only while {@code condition} holds; asked right before each try. */
    VaultRequest whileWanted(BooleanSupplier condition) {
        return new VaultRequest(nature, operation, path, body, condition);
    }

    boolean wanted() {
        return wanted.getAsBoolean();
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
