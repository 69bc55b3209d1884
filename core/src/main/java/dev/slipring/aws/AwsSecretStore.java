package dev.slipring.aws;

import dev.slipring.aws.ManagedSecrets.Found;
import dev.slipring.aws.ManagedSecrets.Version;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import dev.slipring.store.StoreTraits;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import dev.slipring.store.WriteWindow;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * A store in AWS Secrets Manager. Below its prefix {@code P}:
 *
 * <ul>
 *   <li>{@code P/SECRET}: the values, each a version of its own with the label {@code slipring-NUMBER}, which keeps it,
 *       and in its {@link StoredForm}. {@code AWSPENDING} is on the newest until it is promoted; {@code AWSCURRENT} is
 *       on the primary, for readers who know nothing of rotation, and {@code AWSPREVIOUS} follows it.
 *   <li>{@code P/SECRET/slipring-record}: the record. Each write is a version whose identifier follows from the version
 *       that it replaces, and the service takes one content for each identifier: one of several writers wins.
 *   <li>{@code P/slipring/installation}: the key of fingerprints.
 * </ul>
 *
 * <p>Secrets are made when they are needed. One that is there without a value is used as it is, so that its key, tags
 * and resource policy may be set beforehand; so is one with a value, which plain readers see until the first promotion.
 *
 * <p>The store's time is that of the service's answers, in whole seconds: the skew e of a policy has to be a second at
 * least, and what the service's machines differ by. An answer without a time is none. A secret that is scheduled for
 * deletion is named and has to be restored; nothing is taken for missing that was there. A client of another region
 * finds nothing, which no answer tells from a new secret: messages name the region.
 *
 * <p>Three limits of the service: a secret has 20 labels, so at most 17 values that are not erased; it has 100 versions
 * of the last day, so a record must not be written more often than every quarter of an hour in the long run (a rotation
 * writes about eight times); and a version has 65 536 bytes, which records of several hundred versions keep to by being
 * compressed. Whoever meets one is told. Reports of replicas would be too many writes: they are not kept, and a policy
 * has to do with other evidence. New names may be missing from {@link #names()} for some minutes.
 *
 * <p>A stored form cannot be replaced, since versions never change. A {@link dev.slipring.store.SealedSecretStore}
 * around this therefore cannot reseal: a value comes under another root key by rotation alone, and the installation's
 * key never does, so that the first root key has to be kept.
 *
 * <p>Let a policy's D have room for the time that a call may take: the client's {@code apiCallTimeout}, or 30 s where
 * it has none. Repetition is the client's as well; a record is not sent again once its window is closed. So is the
 * identity: the client asks its provider of credentials at each call, and a provider that follows a file, a role or a
 * secret of this library brings the next one in. Safe for use by several threads, instances and processes. The client
 * stays the caller's to close.
 */
@SuppressWarnings("exports") // the AWS SDK is optional: whoever calls this has it
public final class AwsSecretStore implements SecretStore {
    private static final int KEY_LENGTH = 32;

    private final ManagedSecrets secrets;
    private final SecretIds ids;
    private final boolean mirrors;
    private final StagedValues values;
    private final @Nullable InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    private AwsSecretStore(Builder builder) {
        secrets = new ManagedSecrets(builder.client);
        ids = builder.ids;
        mirrors = builder.mirrors;
        values = new StagedValues(secrets, ids, builder.forms);
        clock = builder.clock;
    }

    /**
     * A store below {@code prefix}.
     *
     * @param client knows region, credentials and how often to repeat; stays the caller's
     * @param prefix one name or several, with slashes between them
     * @throws IllegalArgumentException if no secret can be called so
     */
    public static Builder builder(SecretsManagerClient client, String prefix) {
        return new Builder(client, prefix);
    }

    /** Plain readers see the promoted value, unless the store was made without them; reports are not kept. */
    @Override
    public StoreTraits traits() {
        return new StoreTraits(false, mirrors);
    }

    @Override
    public Reading read(SecretName secret) {
        Found found = secrets.current(ids.record(secret));
        return new Reading(record(secret, found), clock == null ? found.time() : clock.instant());
    }

    private static Optional<SecretRecord> record(SecretName secret, Found found) {
        return found.version().map(version -> StoredRecord.parse(secret, version.content(), found.place()));
    }

    /**
     * {@inheritDoc}
     *
     * @throws StoreUnavailableException if somebody moved {@code AWSCURRENT} back to a version that was replaced
     *     before, too: it has to be moved forth by hand
     */
    @Override
    public boolean compareAndSet(SecretRecord next, WriteWindow window) {
        String name = ids.record(next.secret());
        Found found = secrets.current(name);
        Optional<SecretRecord> present = record(next.secret(), found);
        if (present.map(record -> !next.succeeds(record)).orElse(next.epoch() != 1) || !window.isOpen()) {
            return false;
        }
        Content content = StoredRecord.print(next, found.place());
        WriteGate gate = new WriteGate(window);
        Optional<String> replaced = found.version().map(Version::id);
        try {
            boolean won = replaced.isPresent()
                    ? put(name, SecretIds.after(name, replaced.get()), content, gate)
                    : putFirst(name, content, gate);
            if (!won) {
                mustHaveMoved(name, replaced);
            }
            return won;
        } catch (StoreUnavailableException e) {
            if (gate.keptItBack()) {
                return false;
            }
            throw e;
        }
    }

    private boolean put(String name, String id, Content content, @Nullable WriteGate gate) {
        return switch (secrets.put(name, id, content, List.of(SecretIds.CURRENT), gate)) {
            case STORED -> true;
            case TAKEN -> false;
            case NO_SECRET ->
                throw new StoreUnavailableException(
                        "PutSecretValue " + secrets.place(name) + ": the secret is gone", null);
        };
    }

    /** Puts the first version of a secret, which may be there without one. */
    private boolean putFirst(String name, Content content, @Nullable WriteGate gate) {
        String id = SecretIds.first(name);
        return secrets.create(name, id, content, gate) || put(name, id, content, gate);
    }

    /** Whoever lost has to find another version current: else nobody could ever write again, and nobody would know. */
    private void mustHaveMoved(String name, Optional<String> replaced) {
        Optional<String> current = secrets.current(name).version().map(Version::id);
        if (current.equals(replaced)) {
            String id = replaced.map(version -> SecretIds.after(name, version)).orElseGet(() -> SecretIds.first(name));
            throw new StoreUnavailableException(
                    "the record " + secrets.place(name) + " was replaced by the version " + id
                            + ", but AWSCURRENT is on the replaced one: move it to " + id,
                    null);
        }
    }

    @Override
    public Optional<SecretValue> value(SecretName secret, int version) {
        return values.find(secret, version).value();
    }

    /**
     * {@inheritDoc}
     *
     * @throws StoreUnavailableException if the version's value was erased, and AWS has not deleted it yet, too
     * @throws IllegalArgumentException if the value has no {@link StoredForm}, or one that it cannot be read back from
     */
    @Override
    public SecretValue putValueIfAbsent(SecretName secret, int version, SecretValue value) {
        return values.putIfAbsent(secret, version, value);
    }

    /**
     * {@inheritDoc} AWS deletes no single version: all labels of it are taken away but {@code AWSCURRENT}, so that this
     * store takes it for erased, and AWS deletes it once the secret has more than a hundred versions. Until then,
     * whoever may read by the version's identifier, and knows it, can: what ends a value is its end at the issuer.
     */
    @Override
    public void eraseValue(SecretName secret, int version) {
        values.erase(secret, version);
    }

    @Override
    public Set<SecretName> names() {
        return secrets.names(ids.folder()).stream()
                .flatMap(name -> ids.ofRecord(name).stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** {@inheritDoc} What was there before is compared with first, so that a late call changes nothing. */
    @Override
    public void reconcile(SecretName secret) {
        if (mirrors) {
            values.show(secret, () -> record(secret, secrets.current(ids.record(secret))));
        }
    }

    @Override
    public Optional<String> rotatedBy(SecretName secret) {
        String name = ids.values(secret);
        return secrets.describe(name)
                .filter(answer -> Boolean.TRUE.equals(answer.rotationEnabled()) || answer.owningService() != null)
                .map(answer -> answer.owningService() == null
                        ? "the rotation that AWS has enabled for " + secrets.place(name)
                        : "the AWS service " + answer.owningService() + ", which owns " + secrets.place(name));
    }

    @Override
    public SecretValue installationKey() {
        String name = ids.installation();
        Found found = secrets.current(name);
        if (found.version().isEmpty()) {
            byte[] key = new byte[KEY_LENGTH];
            random.nextBytes(key);
            Content content = Content.binary(key);
            try {
                putFirst(name, content, null);
            } finally {
                content.wipe();
            }
            found = secrets.current(name);
        }
        Content content = found.version()
                .orElseThrow(
                        () -> new StoreUnavailableException(secrets.place(name) + " vanished while it was put", null))
                .content();
        try {
            if (content.bytes().length != KEY_LENGTH) {
                throw new UnusableRecordException(secrets.place(name) + " is no key of " + KEY_LENGTH + " bytes", null);
            }
            return SecretValue.copyOf(content.bytes());
        } finally {
            content.wipe();
        }
    }

    /**
     * What each kind of user of {@code named} may do here, as policies for AWS, in the client's region.
     *
     * @param account the account that has the secrets, 12 digits
     * @throws IllegalArgumentException if the account is called otherwise
     */
    public AwsPolicies policies(Set<SecretName> named, String account) {
        return new AwsPolicies(ids, Set.copyOf(named), secrets.address(), account);
    }

    @Override
    public String toString() {
        return "AwsSecretStore[" + secrets.place(ids.toString()) + "]";
    }

    /** Collects what an {@link AwsSecretStore} is made of. Not thread-safe. */
    public static final class Builder {
        private final SecretsManagerClient client;
        private final SecretIds ids;
        private boolean mirrors = true;
        private final Map<SecretName, StoredForm> forms = new HashMap<>();
        private @Nullable InstantSource clock;

        private Builder(SecretsManagerClient client, String prefix) {
            this.client = Objects.requireNonNull(client, "client");
            ids = new SecretIds(prefix);
        }

        /**
         * How the values of one secret are stored and shown to plain readers; {@link StoredForm#asIs()} unless told.
         */
        public Builder storedForm(SecretName secret, StoredForm form) {
            forms.put(Objects.requireNonNull(secret, "secret"), Objects.requireNonNull(form, "form"));
            return this;
        }

        /** Leaves {@code AWSCURRENT} where it is: also where values are sealed before they come here. */
        public Builder withoutPlainReaders() {
            mirrors = false;
            return this;
        }

        /** A clock in place of the service's. */
        Builder clock(InstantSource value) {
            clock = value;
            return this;
        }

        /** The store; nothing is asked of the service yet. */
        public AwsSecretStore build() {
            return new AwsSecretStore(this);
        }
    }
}
