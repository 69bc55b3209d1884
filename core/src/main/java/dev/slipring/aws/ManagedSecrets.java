package dev.slipring.aws;

import dev.slipring.store.StoreUnavailableException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.CreateSecretRequest;
import software.amazon.awssdk.services.secretsmanager.model.DescribeSecretResponse;
import software.amazon.awssdk.services.secretsmanager.model.Filter;
import software.amazon.awssdk.services.secretsmanager.model.FilterNameStringType;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.InvalidParameterException;
import software.amazon.awssdk.services.secretsmanager.model.ListSecretsRequest;
import software.amazon.awssdk.services.secretsmanager.model.PutSecretValueRequest;
import software.amazon.awssdk.services.secretsmanager.model.ResourceExistsException;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;

/**
 * The secrets of one account in one region, by name: never by a part of their address, which the service could take for
 * another's. A version has one content for good, and its identifier is the caller's to choose: of several who put
 * different contents under one identifier, one wins. Safe for use by several threads.
 */
final class ManagedSecrets {
    /** How long a call may take, with its repetitions, where the client does not say. */
    static final Duration LONGEST_CALL = Duration.ofSeconds(30);

    private final SecretsManagerClient client;
    private final AwsRequestOverrideConfiguration options;

    /** {@code client} stays the caller's. */
    ManagedSecrets(SecretsManagerClient client) {
        this.client = client;
        Duration longest = client.serviceClientConfiguration()
                .overrideConfiguration()
                .apiCallTimeout()
                .orElse(LONGEST_CALL);
        options = AwsRequestOverrideConfiguration.builder()
                .apiCallTimeout(longest)
                .build();
    }

    /**
     * A version that was read.
     *
     * @param content whoever asked wipes it
     */
    record Version(String id, List<String> labels, Content content) {}

    /**
     * What a read answered.
     *
     * @param version the version, if there is such a one
     * @param place where it was looked for
     * @param date the answer's time as it stands in its header
     */
    record Found(Optional<Version> version, String place, Optional<String> date) {
        /**
         * The service's time.
         *
         * @throws StoreUnavailableException if it did not tell
         */
        Instant time() {
            try {
                return date.map(text -> ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                                .toInstant())
                        .orElseThrow(() -> untold(" has no header Date"));
            } catch (DateTimeException e) {
                throw untold(" has a header Date that is no time");
            }
        }

        private StoreUnavailableException untold(String how) {
            return new StoreUnavailableException("GetSecretValue " + place + ": the answer" + how, null);
        }
    }

    /** What became of a version that was put. */
    enum Put {
        /** It is there, with this content. */
        STORED,
        /** It is there with another content, and stays. */
        TAKEN,
        /** There is no such secret. */
        NO_SECRET
    }

    /** The version that is current. */
    Found current(String name) {
        return get(name, null);
    }

    /** The version {@code id}, with labels or without. */
    Found version(String name, String id) {
        return get(name, id);
    }

    private Found get(String name, @Nullable String id) {
        return asked("GetSecretValue", name, () -> {
            try {
                GetSecretValueResponse answer = client.getSecretValue(
                        request -> request.secretId(name).versionId(id).overrideConfiguration(options));
                Version version =
                        new Version(answer.versionId(), List.copyOf(answer.versionStages()), Content.of(answer));
                return new Found(Optional.of(version), place(name), date(answer.sdkHttpResponse()));
            } catch (ResourceNotFoundException e) {
                return new Found(
                        Optional.empty(), place(name), date(e.awsErrorDetails().sdkHttpResponse()));
            }
        });
    }

    private static Optional<String> date(SdkHttpResponse answer) {
        return answer.firstMatchingHeader("Date");
    }

    /**
     * Makes a secret; with a first version, if {@code content} is given, which becomes current.
     *
     * @return false if there is one of this name
     */
    boolean create(String name, String id, @Nullable Content content, @Nullable WriteGate gate) {
        return asked("CreateSecret", name, () -> {
            CreateSecretRequest.Builder request = CreateSecretRequest.builder()
                    .name(name)
                    .clientRequestToken(id)
                    .description("kept by slipring")
                    .overrideConfiguration(through(gate));
            try {
                client.createSecret((content == null ? request : content.into(request)).build());
                return true;
            } catch (ResourceExistsException e) {
                return false;
            }
        });
    }

    /** Puts a version with {@code labels}, which are taken from whichever versions have them. */
    Put put(String name, String id, Content content, List<String> labels, @Nullable WriteGate gate) {
        return asked("PutSecretValue", name, () -> {
            PutSecretValueRequest.Builder request = PutSecretValueRequest.builder()
                    .secretId(name)
                    .clientRequestToken(id)
                    .versionStages(labels)
                    .overrideConfiguration(through(gate));
            try {
                client.putSecretValue(content.into(request).build());
                return Put.STORED;
            } catch (ResourceExistsException e) {
                return Put.TAKEN;
            } catch (ResourceNotFoundException e) {
                return Put.NO_SECRET;
            }
        });
    }

    private AwsRequestOverrideConfiguration through(@Nullable WriteGate gate) {
        return gate == null
                ? options
                : options.toBuilder().addPlugin(gate::configure).build();
    }

    /** What there is to say of a secret, with the labels of its versions; not its values. */
    Optional<DescribeSecretResponse> describe(String name) {
        return asked("DescribeSecret", name, () -> {
            try {
                return Optional.of(
                        client.describeSecret(request -> request.secretId(name).overrideConfiguration(options)));
            } catch (ResourceNotFoundException e) {
                return Optional.empty();
            }
        });
    }

    /**
     * Moves a label.
     *
     * @param to the version that gets it; none to take it away
     * @param from the version that has it now; none if no version has
     * @return false if another version has it, or one of the two is not there
     */
    boolean move(String name, String label, @Nullable String to, @Nullable String from) {
        return asked("UpdateSecretVersionStage of " + label + " at", name, () -> {
            try {
                client.updateSecretVersionStage(request -> request.secretId(name)
                        .versionStage(label)
                        .moveToVersionId(to)
                        .removeFromVersionId(from)
                        .overrideConfiguration(options));
                return true;
            } catch (InvalidParameterException | ResourceNotFoundException e) {
                return false;
            }
        });
    }

    /** The names of the secrets that begin with {@code start} and have a current version. */
    List<String> names(String start) {
        return asked("ListSecrets", start, () -> {
            ListSecretsRequest request = ListSecretsRequest.builder()
                    .filters(List.of(Filter.builder()
                            .key(FilterNameStringType.NAME)
                            .values(start)
                            .build()))
                    .overrideConfiguration(options)
                    .build();
            return client.listSecretsPaginator(request).stream()
                    .flatMap(page -> page.secretList().stream())
                    .filter(ManagedSecrets::hasCurrent)
                    .map(SecretListEntry::name)
                    .toList();
        });
    }

    private static boolean hasCurrent(SecretListEntry secret) {
        return secret.secretVersionsToStages().values().stream().anyMatch(labels -> labels.contains(SecretIds.CURRENT));
    }

    /** {@code name} and its region, for messages. */
    String place(String name) {
        return name + " in " + region().id();
    }

    /** What the addresses of secrets here begin with, up to the account. */
    String address() {
        return "arn:" + region().metadata().partition().id() + ":secretsmanager:" + region().id();
    }

    private Region region() {
        return client.serviceClientConfiguration().region();
    }

    private <T> T asked(String operation, String name, Supplier<T> call) {
        try {
            return call.get();
        } catch (SdkException e) {
            throw AwsErrors.of(operation, place(name), e);
        }
    }
}
