package dev.slipring.examples.cli;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.slipring.aws.AwsSecretStore;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.EnvelopeValueSealer;
import dev.slipring.crypto.RootKey;
import dev.slipring.examples.Closing;
import dev.slipring.examples.StorePlace;
import dev.slipring.jdbc.login.Connector;
import dev.slipring.jdbc.store.JdbcSecretStore;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.FileSecretStore;
import dev.slipring.store.SecretStore;
import dev.slipring.vault.VaultAuthentication;
import dev.slipring.vault.VaultClient;
import dev.slipring.vault.VaultSecretStore;
import java.io.FileNotFoundException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** Opens the store that the options name. Used once. */
final class StoreOpening {
    /** In a file store's directory, where no secret can have this name. */
    private static final String AUDIT = "AUDIT";

    /** How long a call of a server may take. */
    private static final Duration LONGEST_CALL = Duration.ofSeconds(4);

    private final StoreOptions options;
    private final Surroundings around;
    private final StoreOptions.Use use;
    private final Closing resources = new Closing();

    StoreOpening(StoreOptions options, Surroundings around, StoreOptions.Use use) {
        this.options = options;
        this.around = around;
        this.use = use;
    }

    OpenStore open() {
        StorePlace place = options.place();
        boolean opened = false;
        try {
            Optional<Path> audit = Optional.empty();
            SecretStore store;
            if (place == null) {
                store = aws();
            } else if (place.kind() == StorePlace.Kind.FILE) {
                Path directory = StoreOptions.directory(place);
                store = files(directory);
                audit = Optional.of(directory.resolve(AUDIT));
            } else {
                store = place.kind() == StorePlace.Kind.JDBC ? jdbc() : vault();
            }
            opened = true;
            return new OpenStore(store, audit, resources);
        } finally {
            if (!opened) {
                resources.close();
            }
        }
    }

    private SecretStore files(Path directory) {
        if (use != StoreOptions.Use.CREATION && !Files.isDirectory(directory)) {
            throw NotDoneException.failed(
                    "there is no store at " + directory, new FileNotFoundException(directory.toString()));
        }
        return FileSecretStore.in(directory, around.time().clock());
    }

    private SecretStore vault() {
        String prefix = needed(options.prefix, "--prefix");
        URI address = address(variable("VAULT_ADDR"));
        SecretValue token = SecretValue.copyOf(variable("VAULT_TOKEN").getBytes(StandardCharsets.UTF_8));
        try {
            VaultClient.Builder builder = VaultClient.builder(address, VaultAuthentication.token(token))
                    .requestTimeout(LONGEST_CALL);
            String namespace = around.environment().get("VAULT_NAMESPACE");
            if (namespace != null) {
                builder.namespace(namespace);
            }
            VaultClient client = resources.add(builder.build());
            VaultSecretStore.Builder store = VaultSecretStore.builder(client, prefix);
            return (options.mount == null ? store : store.mount(options.mount)).build();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw NotDoneException.failed("Vault cannot be used: " + e.getMessage(), e);
        }
    }

    /** What is no address is not repeated, since a password may be in it; nor is the complaint, which quotes it. */
    private static URI address(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw NotDoneException.usage("Vault cannot be used: VAULT_ADDR is no address (content withheld)");
        }
    }

    private SecretStore aws() {
        String prefix = needed(options.prefix, "--prefix");
        try {
            SecretsManagerClient client = resources.add(SecretsManagerClient.builder()
                    .httpClientBuilder(UrlConnectionHttpClient.builder())
                    .overrideConfiguration(settings -> settings.apiCallTimeout(LONGEST_CALL))
                    .build());
            return AwsSecretStore.builder(client, prefix).build();
        } catch (SdkException e) {
            throw NotDoneException.failed("AWS Secrets Manager cannot be used: no region is set, see AWS_REGION", e);
        } catch (IllegalArgumentException e) {
            throw NotDoneException.usage("AWS Secrets Manager cannot be used: " + e.getMessage());
        }
    }

    private SecretStore jdbc() {
        String url = needed(options.jdbcUrl, "--jdbc-url");
        try {
            Connector.of(url); // refuses a URL with a credential, which processes and logs would show
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(url);
            config.setUsername(needed(options.jdbcUser, "--jdbc-user"));
            config.setPassword(variable("SLIPRING_JDBC_PASSWORD"));
            config.setPoolName("slipring");
            config.setMaximumPoolSize(2);
            config.setInitializationFailTimeout(-1);
            config.setConnectionTimeout(LONGEST_CALL.toMillis());
            JdbcSecretStore.Builder builder = JdbcSecretStore.builder(resources.add(new HikariDataSource(config)))
                    .timeout(LONGEST_CALL);
            if (options.prefix != null) {
                builder.prefix(options.prefix);
            }
            if (options.jdbcSchema != null) {
                builder.schema(options.jdbcSchema);
            }
            if (use == StoreOptions.Use.RECORDS) {
                return builder.unsealed("an operator's command that touches records alone");
            }
            return builder.sealedBy(EnvelopeValueSealer.of(encryptor()));
        } catch (IllegalArgumentException e) {
            throw NotDoneException.usage("the database cannot be used: " + e.getMessage());
        }
    }

    private EnvelopeEncryptor encryptor() {
        String given = needed(options.rootKey, "--root-key");
        int equals = given.indexOf('=');
        if (equals < 1) {
            throw NotDoneException.usage("option --root-key is not NAME=FILE");
        }
        ScheduledExecutorService refreshing = Executors.newSingleThreadScheduledExecutor();
        resources.add(refreshing::shutdownNow);
        String name = given.substring(0, equals);
        Path place = Path.of(given.substring(equals + 1));
        RootKey key = resources.add(
                Files.isDirectory(place) ? RootKey.inDirectory(name, place) : RootKey.inFile(name, place));
        RotatingSecret root = resources.add(key.follow(refreshing));
        return resources.add(EnvelopeEncryptor.builder(root).build());
    }

    private static String needed(@Nullable String value, String option) {
        if (value == null || value.isBlank()) {
            throw NotDoneException.usage("this store needs option " + option);
        }
        return value;
    }

    private String variable(String name) {
        String value = around.environment().get(name);
        if (value == null || value.isBlank()) {
            throw NotDoneException.usage("this store needs the environment variable " + name);
        }
        return value;
    }
}
