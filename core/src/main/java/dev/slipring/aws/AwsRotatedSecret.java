package dev.slipring.aws;

import dev.slipring.aws.AwsException.Kind;
import dev.slipring.aws.ManagedSecrets.Found;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.ForeignSecret;
import dev.slipring.store.Sighting;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import dev.slipring.store.ValueParser;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.DescribeSecretResponse;

/**
 * A secret in AWS Secrets Manager that AWS rotates, by a function in Lambda or as RDS does by itself, to be followed by
 * a {@link dev.slipring.store.FollowedSecretSource}.
 *
 * <p>A look asks once for the labels of all versions, and reads by its identifier each version that it has not read
 * before. Labels are of one answer and a version never changes, so that nothing is ever seen torn, whatever is moved
 * meanwhile. {@code AWSCURRENT} is the value in force, {@code AWSPREVIOUS} the one before.
 *
 * <p>{@code AWSPENDING} is announced, and never produced with before it is current. The four steps of a rotation
 * (createSecret, setSecret, testSecret, finishSecret) say of it that it exists, not that it works: the database learns
 * of it in the second step, and a rotation that failed leaves the label where it is. To accept it early helps all the
 * same. Where the password of one user is replaced, the current value is dead from the second step to the fourth, and a
 * data source goes on with the announced one; and processes see the last step at different moments, so that what one
 * of them makes with the new value reaches others that have not seen it current. A data source tries an announced login
 * ahead, and while it is refused again after 20 seconds and then ever more seldom, down to every five minutes: where
 * accounts are locked for that, leave it out by {@link Builder#withoutPending}.
 *
 * <p>The rights that are needed are {@code secretsmanager:DescribeSecret} and {@code secretsmanager:GetSecretValue},
 * the latter without a condition on {@code secretsmanager:VersionStage}, since versions are asked for by identifier; and
 * the use of the key, where it is the account's own. Values of labelled versions are held until the label is gone or
 * this is closed, then wiped. Safe for use by several threads. The client stays the caller's to close.
 */
@SuppressWarnings("exports") // the AWS SDK is optional: whoever calls this has it
public final class AwsRotatedSecret implements ForeignSecret {
    private static final Logger LOG = LoggerFactory.getLogger(AwsRotatedSecret.class);

    private static final int MOST_TRIES = 5;

    private final ManagedSecrets secrets;
    private final String id;
    private final ValueParser form;
    private final boolean announces;
    private final SeenValues seen = new SeenValues();

    private AwsRotatedSecret(Builder builder) {
        secrets = new ManagedSecrets(builder.client);
        id = builder.id;
        form = builder.form;
        announces = builder.announces;
    }

    /** The identifiers of the versions that have a label of the service, each named once. */
    private record Labelled(
            String current,
            @Nullable String previous,
            @Nullable String pending) {
        Set<String> ids() {
            return Stream.of(current, previous, pending)
                    .filter(Objects::nonNull)
                    .collect(Collectors.toSet());
        }
    }

    /**
     * Follows the secret {@code id}.
     *
     * @param client knows region, credentials, how often to repeat and for how long; stays the caller's
     * @param id its name, or its whole ARN, which another account's secret needs
     * @throws IllegalArgumentException if no secret can be called so
     */
    public static Builder builder(SecretsManagerClient client, String id) {
        return new Builder(client, id);
    }

    /**
     * {@inheritDoc} An {@link AwsException} as the cause tells by its kind what is wrong.
     *
     * @throws StoreUnavailableException if there is no such secret, it may not be read, or the service does not answer
     * @throws UnusableRecordException if the secret is scheduled for deletion, or what is current is no value
     */
    @Override
    public Sighting look() {
        for (int i = 0; i < MOST_TRIES; i++) {
            Labelled labelled = labelled();
            Optional<SecretValue> current = current(labelled.current);
            if (current.isPresent()) {
                return sighting(labelled, current.get());
            }
        }
        throw new StoreUnavailableException(secrets.place(id) + ": its labels changed whenever it was read", null);
    }

    @Override
    public void close() {
        seen.close();
    }

    private Sighting sighting(Labelled labelled, SecretValue current) {
        Sighting sighting = Sighting.of(current);
        try {
            sighting = with(sighting, labelled.previous, Sighting::before);
            sighting = with(sighting, labelled.pending, Sighting::next);
        } catch (RuntimeException e) {
            sighting.wipe();
            throw e;
        }
        seen.retain(labelled.ids());
        return sighting;
    }

    private Labelled labelled() {
        DescribeSecretResponse secret =
                secrets.describe(id).orElseThrow(() -> missing("there is no such secret", "ResourceNotFoundException"));
        if (secret.deletedDate() != null) {
            throw new UnusableRecordException(
                    secrets.place(id) + " is scheduled for deletion and has to be restored",
                    new AwsException(Kind.UNUSABLE, "DeletedDate", null));
        }
        Map<String, List<String>> labels = secret.versionIdsToStages();
        String current = StagedValues.holder(labels, SecretIds.CURRENT);
        if (current == null) {
            throw missing("none of its versions is AWSCURRENT", "no AWSCURRENT");
        }
        String previous = StagedValues.holder(labels, SecretIds.PREVIOUS);
        String pending = announces ? StagedValues.holder(labels, SecretIds.PENDING) : null;
        // A rotation leaves AWSPENDING on what it made current, and one that was taken back on what was.
        boolean over = current.equals(pending) || Objects.equals(previous, pending);
        return new Labelled(current, current.equals(previous) ? null : previous, over ? null : pending);
    }

    private StoreUnavailableException missing(String what, String code) {
        return new StoreUnavailableException(
                secrets.place(id) + ": " + what, new AwsException(Kind.NOT_FOUND, code, null));
    }

    /** Nothing if the version is not to be found, so that its label must have moved on. */
    private Optional<SecretValue> current(String version) {
        return seen.find(version).or(() -> read(version));
    }

    /** {@code sighting}, and the value of {@code version}, if it has one: what is in force does not depend on it. */
    private Sighting with(
            Sighting sighting, @Nullable String version, BiFunction<Sighting, SecretValue, Sighting> how) {
        if (version == null || seen.isUnusable(version)) {
            return sighting;
        }
        try {
            return current(version).map(value -> how.apply(sighting, value)).orElse(sighting);
        } catch (UnusableRecordException e) {
            LOG.atWarn().addKeyValue("version", version).log("left out, for it is not in force: {}", e.getMessage());
            seen.unusable(version);
            return sighting;
        }
    }

    private Optional<SecretValue> read(String version) {
        Found found = secrets.version(id, version);
        return found.version().map(read -> {
            try {
                SecretValue value = value(version, read.content());
                seen.keep(version, value);
                return value;
            } finally {
                read.content().wipe();
            }
        });
    }

    private SecretValue value(String version, Content content) {
        String place = "version " + version + " of " + secrets.place(id);
        try {
            return form.parse(content.bytes());
        } catch (UnusableRecordException e) {
            throw new UnusableRecordException(place + ": " + e.getMessage(), null);
        } catch (RuntimeException e) { // without the cause, which may quote what was read
            throw new UnusableRecordException(
                    place + " holds no value: " + e.getClass().getSimpleName(), null);
        }
    }

    /** The secret and its region. */
    @Override
    public String toString() {
        return "AwsRotatedSecret[" + secrets.place(id) + "]";
    }

    /** Says what a version's value is. Not thread-safe. */
    public static final class Builder {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9/_+=.@!-]{1,512}");

        /** Whole, with the six characters at its end: the service guesses at a part of one. */
        private static final Pattern ARN = Pattern.compile(
                "arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:" + NAME + "-[A-Za-z0-9]{6}");

        private final SecretsManagerClient client;
        private final String id;
        private ValueParser form = SecretValue::copyOf;
        private boolean announces = true;

        private Builder(SecretsManagerClient client, String id) {
            this.client = Objects.requireNonNull(client, "client");
            if (!NAME.matcher(id).matches() && !ARN.matcher(id).matches()) {
                throw new IllegalArgumentException(
                        "a secret of AWS is called by up to 512 letters, digits and /_+=.@!- or by its whole ARN");
            }
            this.id = id;
        }

        /**
         * The value is what {@code parser} finds in a version's text, in UTF-8, or bytes; both as they stand unless
         * told.
         */
        public Builder document(ValueParser parser) {
            form = Objects.requireNonNull(parser, "parser");
            return this;
        }

        /** Does not announce {@code AWSPENDING}. */
        public Builder withoutPending() {
            announces = false;
            return this;
        }

        /** The secret; nothing is asked of the service yet. */
        public AwsRotatedSecret build() {
            return new AwsRotatedSecret(this);
        }
    }
}
