package dev.slipring.vault;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.slipring.keyring.SecretValue;
import dev.slipring.vault.KeyValueEngine.Entry;
import dev.slipring.vault.KeyValueEngine.State;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;

/** What readers who know nothing of rotation see of one secret: one value, and the number of its version. Immutable. */
final class PlainEntry {
    private final KeyValueEngine engine;
    private final String path;
    private final PlainForm form;

    PlainEntry(KeyValueEngine engine, String path, PlainForm form) {
        this.engine = engine;
        this.path = path;
        this.form = form;
    }

    /** What they see now. */
    Entry look() {
        return engine.read(path);
    }

    /** Whether {@code seen} shows that version. */
    static boolean shows(Entry seen, int version) {
        return seen.state() == State.PRESENT
                && seen.answer().hasText("data", "data", VaultSecretStore.MARK)
                && seen.answer().text("data", "data", VaultSecretStore.MARK).equals(Integer.toString(version));
    }

    /** Shows {@code value} instead of what was {@code seen}; false if that is not there any more. */
    boolean show(SecretValue value, int version, Entry seen) {
        Map<String, SecretValue> fields = form.fields(value);
        try {
            engine.keepOnlyTheNewest(path);
            return engine.compareAndSet(path, seen.version(), out -> write(out, fields, version), () -> true);
        } finally {
            fields.values().forEach(SecretValue::wipe);
        }
    }

    private static void write(JsonGenerator out, Map<String, SecretValue> fields, int version) throws IOException {
        for (Map.Entry<String, SecretValue> field : fields.entrySet()) {
            byte[] text = field.getValue().copyBytes();
            try {
                out.writeFieldName(field.getKey());
                out.writeUTF8String(text, 0, text.length);
            } finally {
                Arrays.fill(text, (byte) 0);
            }
        }
        out.writeStringField(VaultSecretStore.MARK, Integer.toString(version));
    }
}
