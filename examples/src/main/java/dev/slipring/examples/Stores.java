package dev.slipring.examples;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
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

/** Opens the shared store anew for each replica. Used by one thread. */
final class Stores implements AutoCloseable {
    private static final int KEY_LENGTH = 32;

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
        String address = told(environment, "VAULT_ADDR");
        byte[] token = told(environment, "VAULT_TOKEN").getBytes(StandardCharsets.US_ASCII);
        byte[] mark = new byte[4];
        new SecureRandom().nextBytes(mark);
        String prefix = "slipring-demo/" + HexFormat.of().formatHex(mark);
        Closing resources = new Closing();
        try {
            VaultClient.Builder builder = VaultClient.builder(
                            URI.create(address), VaultAuthentication.token(SecretValue.copyOf(token)))
                    .requestTimeout(Duration.ofSeconds(1))
                    .deadline(Duration.ofMillis(1200));
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

    private static String told(Map<String, String> environment, String variable) {
        String value = environment.getOrDefault(variable, "");
        if (value.isBlank()) {
            throw new CannotRunException("the environment variable " + variable + " must be set for --store vault");
        }
        return value;
    }
}
