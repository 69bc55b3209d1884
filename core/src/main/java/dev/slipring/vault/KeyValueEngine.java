package dev.slipring.vault;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.slipring.store.UnusableRecordException;
import dev.slipring.vault.VaultException.Kind;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The engine {@code kv}, version 2, as far as a store of secrets needs it. Each write compares and sets; an entry that
 * was deleted or destroyed is told from one that never was. Safe for use by several threads.
 */
final class KeyValueEngine {
    private final VaultClient client;
    private final String mount;

    /** What is at a path. */
    enum State {
        /** Nothing was ever written. */
        ABSENT,
        PRESENT,
        /** Its newest version was deleted, and can be undeleted. */
        DELETED,
        /** Its newest version is gone for good. */
        DESTROYED
    }

    /**
     * One look at a path.
     *
     * @param version of the newest write, by which the next one compares; 0 if there was none
     * @param answer what was read, with the entry's fields below {@code data.data}
     */
    record Entry(State state, int version, VaultAnswer answer) {
        /** A failure of whoever needs what was deleted or destroyed here; {@code place} is as {@link #data} has it. */
        UnusableRecordException gone(String what, String place) {
            return new UnusableRecordException(
                    what + " at " + place + " was "
                            + (state == State.DELETED
                                    ? "deleted: undelete its version " + version
                                    : "destroyed in its version " + version + ": restore it from a backup"),
                    null);
        }
    }

    /** Writes the fields of an entry. */
    interface Fields {
        void write(JsonGenerator out) throws IOException;
    }

    KeyValueEngine(VaultClient client, String mount) {
        this.client = client;
        this.mount = mount;
    }

    /** What is at {@code path}; the caller wipes the answer. */
    Entry read(String path) {
        VaultAnswer answer = client.call(VaultRequest.lookUp("read", data(path)));
        if (!answer.found() && !answer.hasObject("data", "metadata")) {
            return new Entry(State.ABSENT, 0, answer);
        }
        int version = answer.count("data", "metadata", "version");
        if (answer.found()) {
            return new Entry(State.PRESENT, version, answer);
        }
        return new Entry(
                answer.truth("data", "metadata", "destroyed") ? State.DESTROYED : State.DELETED, version, answer);
    }

    /**
     * Writes an entry if the newest version at {@code path} still is {@code expected}, 0 for none. Not made again where
     * it may have happened.
     *
     * @param wanted asked before each try; once it is false nothing is sent any more
     * @return whether it was written; false if another writer was first
     * @throws VaultException if that is not certain, or what is written there does not last
     */
    boolean compareAndSet(String path, int expected, Fields fields, BooleanSupplier wanted) {
        return written(VaultRequest.writeOnce("write", data(path), out -> body(out, expected, fields))
                .whileWanted(wanted));
    }

    /**
     * Writes an entry if there never was one at {@code path}. Made again where it may have happened, so false may also
     * be the answer to what an earlier try wrote.
     *
     * @throws VaultException as {@link #compareAndSet}
     */
    boolean putIfAbsent(String path, Fields fields) {
        return written(VaultRequest.write("write", data(path), out -> body(out, 0, fields)));
    }

    /** Lets the engine keep nothing at {@code path} but the newest version, from the next write on. */
    void keepOnlyTheNewest(String path) {
        client.call(VaultRequest.write(
                "configure", mount + "/metadata/" + path, out -> out.writeNumberField("max_versions", 1)));
    }

    /** Takes away what is at {@code path}, all its versions and that there ever were any. */
    void remove(String path) {
        client.call(VaultRequest.delete("remove", mount + "/metadata/" + path));
    }

    /** The names directly below {@code path}; those of folders end with a slash. */
    List<String> list(String path) {
        VaultAnswer answer = client.call(VaultRequest.lookUp("list", mount + "/metadata/" + path + "?list=true"));
        return answer.found() ? answer.texts("data", "keys") : List.of();
    }

    /** As messages name it. */
    String data(String path) {
        return mount + "/data/" + path;
    }

    private boolean written(VaultRequest request) {
        VaultAnswer answer;
        try {
            answer = client.call(request);
        } catch (VaultException e) {
            if (e.kind() == Kind.CONFLICT) {
                return false;
            }
            throw e;
        }
        if (!answer.text("data", "deletion_time").isEmpty()) {
            throw new VaultException(
                    Kind.INVALID,
                    request,
                    "what is written here deletes itself: take delete_version_after from the mount and the path",
                    null);
        }
        return true;
    }

    private static void body(JsonGenerator out, int expected, Fields fields) throws IOException {
        out.writeObjectFieldStart("options");
        out.writeNumberField("cas", expected);
        out.writeEndObject();
        out.writeObjectFieldStart("data");
        fields.write(out);
        out.writeEndObject();
    }
}
