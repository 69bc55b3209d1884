package dev.slipring.aws;

import dev.slipring.aws.ManagedSecrets.Found;
import dev.slipring.aws.ManagedSecrets.Put;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.secretsmanager.model.DescribeSecretResponse;

/**
 * The values of secrets as versions with labels: {@code slipring-NUMBER} says that a value is there, {@code AWSPENDING}
 * that it is the newest, {@code AWSCURRENT} that plain readers see it. Safe for use by several threads.
 */
final class StagedValues {
    private static final int MOST_TRIES = 20;

    private final ManagedSecrets secrets;
    private final SecretIds ids;
    private final Map<SecretName, StoredForm> forms;

    /** {@code forms} are those of the secrets whose values are not stored as they are. */
    StagedValues(ManagedSecrets secrets, SecretIds ids, Map<SecretName, StoredForm> forms) {
        this.secrets = secrets;
        this.ids = ids;
        this.forms = Map.copyOf(forms);
    }

    /**
     * The value of a version, if it has one.
     *
     * @param erased whether it had one
     */
    record Stored(Optional<SecretValue> value, boolean erased) {}

    /** What there is of a version's value; the caller owns it. */
    Stored find(SecretName secret, int version) {
        Found found = secrets.version(ids.values(secret), SecretIds.version(secret, version));
        if (found.version().isEmpty()) {
            return new Stored(Optional.empty(), false);
        }
        Content content = found.version().get().content();
        try {
            return found.version().get().labels().contains(SecretIds.label(version))
                    ? new Stored(Optional.of(value(secret, version, content)), false)
                    : new Stored(Optional.empty(), true);
        } finally {
            content.wipe();
        }
    }

    private SecretValue value(SecretName secret, int version, Content content) {
        try {
            SecretValue stored = SecretValue.copyOf(content.bytes());
            try {
                return form(secret).value(stored);
            } finally {
                stored.wipe();
            }
        } catch (IllegalArgumentException e) {
            throw new UnusableRecordException(place(secret, version) + " is damaged: " + e.getMessage(), null);
        }
    }

    private StoredForm form(SecretName secret) {
        return forms.getOrDefault(secret, StoredForm.asIs());
    }

    /** Puts {@code value} unless the version has or had one; what is stored now, which the caller owns. */
    SecretValue putIfAbsent(SecretName secret, int version, SecretValue value) {
        Stored before = find(secret, version);
        if (before.value.isPresent()) {
            return before.value.get();
        }
        if (!before.erased) {
            put(secret, version, value);
        }
        Stored stored = find(secret, version);
        return stored.value.orElseThrow(() -> new StoreUnavailableException(
                place(secret, version)
                        + (stored.erased ? " was erased, and none is taken again" : " vanished while it was put"),
                null));
    }

    private void put(SecretName secret, int version, SecretValue value) {
        String name = ids.values(secret);
        String id = SecretIds.version(secret, version);
        List<String> labels = List.of(SecretIds.PENDING, SecretIds.label(version));
        Content content = content(secret, version, value);
        try {
            // A secret is made without a value, since one that it is made with could have no label of ours.
            if (secrets.put(name, id, content, labels, null) == Put.NO_SECRET) {
                secrets.create(name, SecretIds.first(name), null, null);
                secrets.put(name, id, content, labels, null);
            }
        } finally {
            content.wipe();
        }
    }

    private Content content(SecretName secret, int version, SecretValue value) {
        try {
            SecretValue stored = form(secret).stored(value);
            try {
                mustGiveBack(value, stored, form(secret));
                return Content.of(stored);
            } finally {
                stored.wipe();
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place(secret, version) + " cannot be put: " + e.getMessage(), e);
        }
    }

    private static void mustGiveBack(SecretValue value, SecretValue stored, StoredForm form) {
        SecretValue back = form.value(stored);
        boolean same = back.equals(value);
        back.wipe();
        if (!same) {
            throw new IllegalArgumentException("its stored form does not give it back");
        }
    }

    /** Takes away what keeps a version, except from plain readers, who see it until another is promoted. */
    void erase(SecretName secret, int version) {
        String name = ids.values(secret);
        String id = SecretIds.version(secret, version);
        String own = SecretIds.label(version);
        untilDone(name, () -> {
            List<String> labels = labels(secrets.describe(name)).getOrDefault(id, List.of());
            // Its own label goes last: until then the value is there, and whoever comes next erases it.
            return labels.stream()
                            .filter(label -> !label.equals(SecretIds.CURRENT) && !label.equals(own))
                            .allMatch(label -> secrets.move(name, label, null, id))
                    && (!labels.contains(own) || secrets.move(name, own, null, id));
        });
    }

    /** Lets plain readers see the primary version of {@code record}, which is read after what they see now. */
    void show(SecretName secret, Supplier<Optional<SecretRecord>> record) {
        String name = ids.values(secret);
        untilDone(name, () -> {
            Map<String, List<String>> labels = labels(secrets.describe(name));
            return record.get()
                    .map(present -> show(secret, present, labels) && endPending(secret, present, labels))
                    .orElse(true);
        });
    }

    private boolean show(SecretName secret, SecretRecord record, Map<String, List<String>> labels) {
        Optional<SecretVersion> primary = record.versions().stream()
                .filter(version -> version.state() == VersionState.PRIMARY)
                .findFirst();
        if (primary.isEmpty()) {
            return true;
        }
        int number = primary.get().number();
        String id = SecretIds.version(secret, number);
        if (!labels.getOrDefault(id, List.of()).contains(SecretIds.label(number))) {
            throw new StoreUnavailableException(place(secret, number) + " is not there to be shown", null);
        }
        @Nullable String holder = holder(labels, SecretIds.CURRENT);
        return id.equals(holder) || secrets.move(ids.values(secret), SecretIds.CURRENT, id, holder);
    }

    /** Takes {@code AWSPENDING} from a version of ours that the record has promoted, or passed. */
    private boolean endPending(SecretName secret, SecretRecord record, Map<String, List<String>> labels) {
        @Nullable String holder = holder(labels, SecretIds.PENDING);
        if (holder == null) {
            return true;
        }
        boolean over = labels.getOrDefault(holder, List.of()).stream()
                .flatMap(label -> SecretIds.number(label).stream())
                .flatMap(number -> record.version(number).stream())
                .anyMatch(
                        version -> version.state() != VersionState.STAGED && version.state() != VersionState.PUBLISHED);
        return !over || secrets.move(ids.values(secret), SecretIds.PENDING, null, holder);
    }

    /** The identifier of the version that has {@code label}, if one has. */
    static @Nullable String holder(Map<String, List<String>> labels, String label) {
        return labels.entrySet().stream()
                .filter(version -> version.getValue().contains(label))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    private static Map<String, List<String>> labels(Optional<DescribeSecretResponse> secret) {
        return secret.map(DescribeSecretResponse::versionIdsToStages).orElse(Map.of());
    }

    private String place(SecretName secret, int version) {
        return "version " + version + " of secret " + secret + " at " + secrets.place(ids.values(secret));
    }

    private void untilDone(String name, BooleanSupplier attempt) {
        for (int i = 0; i < MOST_TRIES; i++) {
            if (attempt.getAsBoolean()) {
                return;
            }
        }
        throw new StoreUnavailableException(
                "the labels of " + secrets.place(name) + " changed " + MOST_TRIES + " times while one was moved", null);
    }
}
