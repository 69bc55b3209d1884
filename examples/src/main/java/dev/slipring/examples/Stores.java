package dev.slipring.examples;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.slipring.aws.AwsSecretStore;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.EnvelopeValueSealer;
import dev.slipring.crypto.RootKey;
import dev.slipring.jdbc.store.JdbcSecretStore;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.FileSecretStore;
import dev.slipring.store.SecretStore;
import dev.slipring.vault.VaultAuthentication;
import dev.slipring.vault.VaultClient;
import dev.slipring.vault.VaultSecretStore;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/** Opens the shared store anew for each replica. Used by one thread. */
final class Stores implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Stores.class);

    private static final int KEY_LENGTH = 32;

    /** How long a call of a server may take with its repetitions: D of the secrets has room for it. */
    private static final Duration LONGEST_CALL = Duration.ofMillis(1200);

    private final Closing resources;
    private final Supplier<SecretStore> opens;

    private Stores(Closing resources, Supplier<SecretStore> opens) {
        this.resources = resources;
        this.opens = opens;
    }

    /** In a directory of this machine. */
    static Stores inFiles(Path directory) {
        return new Stores(new Closing(), () -> FileSecretStore.in(directory));
    }

    /** In tables beside the application's own, values sealed by a key of this run, which goes as they do. */
    static Stores inDatabase(Postgres postgres) {
        Closing resources = new Closing();
        HikariDataSource pool = resources.add(new HikariDataSource(config(postgres)));
        ScheduledExecutorService refreshing = Executors.newSingleThreadScheduledExecutor();
        resources.add(refreshing::shutdownNow);
        byte[] bytes = new byte[KEY_LENGTH];
        new SecureRandom().nextBytes(bytes);
        RotatingSecret root = resources.add(RootKey.of("demo-root-key", Map.of(1, SecretValue.copyOf(bytes)), 1)
                .follow(refreshing));
        Arrays.fill(bytes, (byte) 0);
        EnvelopeEncryptor encryptor =
                resources.add(EnvelopeEncryptor.builder(root).build());
        return new Stores(
                resources,
                () -> JdbcSecretStore.builder(pool)
                        .schema(Postgres.SCHEMA)
                        .prefix("secret_")
                        .timeout(Duration.ofSeconds(1))
                        .createTables()
                        .sealedBy(EnvelopeValueSealer.of(encryptor)));
    }

    /**
     * In a key-value engine, in a place of this run; what is kept there stays.
     *
     * @param environment says where the server is and who we are, as its own command line wants it
     * @throws CannotRunException if it does not
     */
    static Stores inVault(Map<String, String> environment) {
        String address = told(environment, "VAULT_ADDR", StorePlace.Kind.VAULT);
        byte[] token = told(environment, "VAULT_TOKEN", StorePlace.Kind.VAULT).getBytes(StandardCharsets.US_ASCII);
        String prefix = ofThisRun();
        Closing resources = new Closing();
        try {
            VaultClient.Builder builder = VaultClient.builder(
                            URI.create(address), VaultAuthentication.token(SecretValue.copyOf(token)))
                    .requestTimeout(Duration.ofSeconds(1))
                    .deadline(LONGEST_CALL);
            if (environment.containsKey("VAULT_NAMESPACE")) {
                builder.namespace(environment.get("VAULT_NAMESPACE"));
            }
            VaultClient client = resources.add(builder.build());
            return new Stores(
                    resources, () -> VaultSecretStore.builder(client, prefix).build());
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new CannotRunException("the environment variable VAULT_ADDR cannot be used: " + e.getMessage(), e);
        }
    }

    /**
     * In AWS Secrets Manager, in a place of this run, whose secrets are deleted at the end: they cost money.
     *
     * @param environment says where the service is: never the account that happens to be set up here
     * @throws CannotRunException if it does not
     */
    static Stores inAws(Map<String, String> environment) {
        URI address = endpoint(told(environment, "AWS_ENDPOINT_URL", StorePlace.Kind.AWS));
        String region = told(environment, "AWS_REGION", StorePlace.Kind.AWS);
        String prefix = ofThisRun();
        Closing resources = new Closing();
        SecretsManagerClient client = resources.add(SecretsManagerClient.builder()
                .endpointOverride(address)
                .region(Region.of(region))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .overrideConfiguration(options -> options.apiCallTimeout(LONGEST_CALL))
                .build());
        resources.add(() -> deleteSecrets(client, prefix));
        return new Stores(
                resources, () -> AwsSecretStore.builder(client, prefix).build());
    }

    private static URI endpoint(String text) {
        try {
            URI address = new URI(text);
            if (address.getScheme() != null && address.getHost() != null) {
                return address;
            }
        } catch (URISyntaxException e) {
            LOG.debug("no address", e);
        }
        throw new CannotRunException(
                "the environment variable AWS_ENDPOINT_URL is not an address with scheme and host");
    }

    /** Of each secret its values and its record, and the key of fingerprints: what the store says it keeps. */
    private static void deleteSecrets(SecretsManagerClient client, String prefix) {
        Stream.concat(
                        Rotations.SECRETS.stream().flatMap(secret -> Stream.of(secret, secret + "/slipring-record")),
                        Stream.of("slipring/installation"))
                .map(name -> prefix + "/" + name)
                .forEach(name -> {
                    try {
                        client.deleteSecret(request -> request.secretId(name).forceDeleteWithoutRecovery(true));
                    } catch (ResourceNotFoundException e) {
                        LOG.debug("{} was not made", name);
                    } catch (SdkException e) {
                        LOG.atWarn().setCause(e).log("{} is left behind", name);
                    }
                });
    }

    /** One replica's view of the store. */
    SecretStore open() {
        return opens.get();
    }

    @Override
    public void close() {
        resources.close();
    }

    private static HikariConfig config(Postgres postgres) {
        HikariConfig config = postgres.administration();
        config.setPoolName("store");
        config.setMaximumPoolSize(Fleet.REPLICAS);
        config.setConnectionTimeout(1000);
        return config;
    }

    /** A name that nobody has used. */
    private static String ofThisRun() {
        byte[] mark = new byte[4];
        new SecureRandom().nextBytes(mark);
        return "slipring-demo/" + HexFormat.of().formatHex(mark);
    }

    private static String told(Map<String, String> environment, String variable, StorePlace.Kind store) {
        String value = environment.getOrDefault(variable, "");
        if (value.isBlank()) {
            throw new CannotRunException(
                    "the environment variable " + variable + " must be set for --store " + store.word());
        }
        return value;
    }
}
