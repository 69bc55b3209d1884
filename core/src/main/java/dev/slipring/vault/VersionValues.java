package dev.slipring.vault;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import dev.slipring.vault.KeyValueEngine.Entry;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The values of versions. A value is put among the staged ones, and moves to where readers may look once a record is to
 * accept its version. Whatever is in the second place counts; a mark stays in the first, so that nothing is put there
 * again. While it moves it never changes: whoever wants to replace or erase it moves it first. Safe for use by several
 * threads.
 */
final class VersionValues {
    private static final String VALUE = "value";
    private static final String ERASED = "erased";
    private static final String LEAVING = "leaving";
    private static final String LEFT = "left";
    private static final String US = "by slipring";

    private final KeyValueEngine engine;
    private final VaultPaths paths;

    VersionValues(KeyValueEngine engine, VaultPaths paths) {
        this.engine = engine;
        this.paths = paths;
    }

    private enum State {
        ABSENT,
        PRESENT,
        /** Present, on its way to where readers look. */
        LEAVING,
        LEFT,
        ERASED
    }

    /**
     * What one look has found.
     *
     * @param version by which the next write at {@code path} compares
     */
    record Stored(String path, int version, State state, Optional<SecretValue> value) {
        private static Stored without(String path, Entry entry, State state) {
            return new Stored(path, entry.version(), state, Optional.empty());
        }

        /** As it is after one more write. */
        private Stored next() {
            return new Stored(path, version + 1, state, value);
        }

        private boolean is(State wanted) {
            return state == wanted;
        }

        private void wipe() {
            value.ifPresent(SecretValue::wipe);
        }
    }

    /** What there is of a version's value; the caller owns it. */
    Stored find(SecretName secret, int version) {
        Stored accepted = look(paths.value(secret, version));
        if (!accepted.is(State.ABSENT)) {
            return accepted;
        }
        Stored staged = look(paths.staged(secret, version));
        return staged.is(State.LEFT) ? look(accepted.path) : staged; // it moved between the two looks
    }

    /** Puts {@code value} unless the version has or had one; what is stored now, which the caller owns. */
    SecretValue putIfAbsent(SecretName secret, int version, SecretValue value) {
        Stored stored = find(secret, version);
        if (stored.is(State.ABSENT)) {
            put(stored.path, value);
            stored = find(secret, version);
        }
        return present(stored);
    }

    /** The same for a value that is no version's. */
    SecretValue putIfAbsent(String path, SecretValue value) {
        put(path, value);
        return present(look(path));
    }

    private SecretValue present(Stored stored) {
        return stored.value.orElseThrow(() -> new StoreUnavailableException(
                "the value at " + engine.data(stored.path)
                        + (stored.is(State.ERASED)
                                ? " was erased, and none is taken again"
                                : " vanished while it was put"),
                null));
    }

    private void put(String path, SecretValue value) {
        value.reveal(bytes -> engine.putIfAbsent(path, out -> binary(out, bytes)));
    }

    /** Whether {@code next} was written in place of {@code expected}. */
    boolean replace(SecretName secret, int version, SecretValue expected, SecretValue next) {
        Stored stored = find(secret, version);
        boolean same = stored.value.filter(expected::equals).isPresent();
        stored.wipe();
        if (stored.is(State.LEAVING)) {
            return move(secret, version) && replace(secret, version, expected, next);
        }
        return same && next.reveal(bytes -> write(stored, out -> binary(out, bytes)));
    }

    /** Erases a value; false if it changed meanwhile. */
    boolean erase(SecretName secret, int version) {
        Stored stored = find(secret, version);
        stored.wipe();
        if (stored.is(State.LEAVING)) {
            return move(secret, version) && erase(secret, version);
        }
        return stored.value.isEmpty() || write(stored, out -> out.writeStringField(ERASED, US));
    }

    /** Moves a staged value to where readers may look, if there is one; false if it changed meanwhile. */
    boolean move(SecretName secret, int version) {
        Stored staged = look(paths.staged(secret, version));
        if (staged.value.isEmpty()) {
            return true;
        }
        SecretValue value = staged.value.get();
        try {
            boolean stays = staged.is(State.PRESENT);
            if (stays && !value.reveal(bytes -> write(staged, out -> leaving(out, bytes)))) {
                return false;
            }
            put(paths.value(secret, version), value);
            write(
                    stays ? staged.next() : staged,
                    out -> out.writeStringField(LEFT, US)); // lost only to whoever has moved the same value
            return true;
        } finally {
            value.wipe();
        }
    }

    /** Writes in place of {@code stored}, and lets the engine forget that; false if it is not there any more. */
    private boolean write(Stored stored, KeyValueEngine.Fields fields) {
        engine.keepOnlyTheNewest(stored.path);
        return engine.compareAndSet(stored.path, stored.version, fields, () -> true);
    }

    /** What is at {@code path}; the caller owns the value. */
    Stored look(String path) {
        Entry entry = engine.read(path);
        try {
            return switch (entry.state()) {
                case ABSENT -> Stored.without(path, entry, State.ABSENT);
                case DELETED -> throw entry.gone("the value", engine.data(path));
                case DESTROYED -> Stored.without(path, entry, State.ERASED);
                case PRESENT -> present(path, entry);
            };
        } finally {
            entry.answer().wipe();
        }
    }

    private Stored present(String path, Entry entry) {
        if (has(entry, ERASED)) {
            return Stored.without(path, entry, State.ERASED);
        } else if (has(entry, LEFT)) {
            return Stored.without(path, entry, State.LEFT);
        }
        return new Stored(
                path,
                entry.version(),
                has(entry, LEAVING) ? State.LEAVING : State.PRESENT,
                Optional.of(value(entry, path)));
    }

    private static boolean has(Entry entry, String mark) {
        return entry.answer().hasText("data", "data", mark);
    }

    private SecretValue value(Entry entry, String path) {
        byte[] bytes = entry.answer().binary("data", "data", VALUE);
        try {
            return SecretValue.copyOf(bytes);
        } catch (IllegalArgumentException e) {
            throw new UnusableRecordException(
                    "the value at " + engine.data(path) + " is damaged: " + e.getMessage(), null);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static void leaving(JsonGenerator out, byte[] bytes) throws IOException {
        out.writeStringField(LEAVING, US);
        binary(out, bytes);
    }

    private static void binary(JsonGenerator out, byte[] bytes) throws IOException {
        out.writeFieldName(VALUE);
        out.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, bytes, 0, bytes.length);
    }
}
