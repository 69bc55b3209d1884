package dev.slipring.examples;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.slipring.Slipring;
import dev.slipring.crypto.DataKeyBudget;
import dev.slipring.crypto.EnvelopeCensus;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.jdbc.hikari.HikariRotation;
import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Answer;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationListener;
import dev.slipring.session.SessionSigner;
import dev.slipring.store.SecretStore;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * One replica of the application. This is how an application puts the library together: a store, four secrets, and
 * on each of them what uses it. Safe for use by several threads.
 */
final class Replica implements AutoCloseable {
    static final String SESSION = "session";
    static final String LOGIN = "app-db";
    static final String KEK = "notes-kek";
    static final String API_KEY = "openai";

    /** Each pool's size; the load has more threads than that. */
    static final int POOL_SIZE = 8;

    private static final long REWRAP_MILLIS = 1000;
    private static final int VALUE_LENGTH = 32;
    private static final DataKeyBudget BUDGET = DataKeyBudget.standard();

    private final String name;
    private final Closing resources;
    private final Slipring slipring;
    private final List<RotatingSecret> secrets;
    private final HikariPoolMXBean pool;
    private final WebServer server;
    private final Tally tally = new Tally();

    /**
     * What all replicas share.
     *
     * @param postgres the database
     * @param connectionLimit how many connections each login may have
     * @param openAi the third party
     * @param apiCalls measures their calls of it
     * @param policies the rules of their secrets
     * @param timeline what {@code /timeline} answers
     */
    record Surroundings(
            Postgres postgres,
            int connectionLimit,
            PretendOpenAi openAi,
            Stopwatch apiCalls,
            Policies policies,
            Supplier<Reply> timeline) {}

    /**
     * Starts a replica; creates the secrets that do not exist yet.
     *
     * @param name for people
     * @param store this replica's own view of the shared store
     * @param onDemandInterval how often an unknown version may make it read the store, at most
     * @param listener is told what this replica's rotators do
     * @throws dev.slipring.keyring.SlipringException if the store, a record in it or the database is unusable
     */
    Replica(
            String name,
            SecretStore store,
            Duration onDemandInterval,
            RotationListener listener,
            Surroundings surroundings) {
        this.name = name;
        resources = new Closing();
        try {
            Policies policies = surroundings.policies;
            slipring = resources.add(Slipring.builder(store)
                    .listener(listener)
                    .onDemandInterval(onDemandInterval)
                    .build());

            RotatingSecret sessionKey = slipring.secret(SESSION, SessionSigner.issuer(), policies.session());
            Sessions sessions = new Sessions(signer(sessionKey, policies), policies.sessionLife(), tally);

            RotatingSecret login = slipring.secret(
                    LOGIN, surroundings.postgres.logins(surroundings.connectionLimit), policies.login());
            RotatingDataSource dataSource = resources.add(dataSource(login, name, surroundings.postgres.url()));
            pool = pool(dataSource);

            EnvelopeCensus census =
                    EnvelopeCensus.of("notes", Notes.source(dataSource, tally)).build();
            RotatingSecret kek = slipring.secret(KEK, RandomIssuer.bytes(VALUE_LENGTH), policies.kek(), census);
            EnvelopeEncryptor encryptor = resources.add(encryptor(kek, policies));
            census.over(encryptor, kek);
            Notes notes = new Notes(dataSource, encryptor, tally);
            resources.add(Ticking.every("rewrap", REWRAP_MILLIS, notes::rewrap));

            SecretValue admin = surroundings.openAi.adminKey();
            resources.add(admin::wipe);
            URI api = surroundings.openAi.base();
            RotatingSecret apiKey = slipring.secret(API_KEY, Moderation.issuer(api, admin), policies.apiKey());
            Moderation moderation = resources.add(new Moderation(api, apiKey, tally, surroundings.apiCalls));

            secrets = List.of(sessionKey, login, kek, apiKey);
            server = resources.add(WebServer.start(
                    name,
                    new NotesApplication(
                            sessions,
                            moderation,
                            notes,
                            new NotesApplication.Pages(
                                    Resource.text("notes.html").replace("{replica}", name),
                                    surroundings.timeline,
                                    ReplicaHealth.of(name, slipring::health, dataSource, pool)))));
        } catch (RuntimeException e) {
            resources.close();
            throw e;
        }
    }

    private static SessionSigner signer(RotatingSecret key, Policies policies) {
        return SessionSigner.builder(key)
                .cookie(Sessions.COOKIE)
                .maxLife(policies.sessionLife())
                .build();
    }

    private static EnvelopeEncryptor encryptor(RotatingSecret kek, Policies policies) {
        return EnvelopeEncryptor.builder(kek)
                .dataKeyBudget(new DataKeyBudget(BUDGET.messages(), BUDGET.bytes(), policies.dataKeyAge()))
                .build();
    }

    private static RotatingDataSource dataSource(RotatingSecret login, String name, String url) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(POOL_SIZE);
        config.setConnectionTimeout(10_000);
        return HikariRotation.builder(login, config)
                .rightsProbe(Notes.RIGHTS_PROBE)
                .build();
    }

    private static HikariPoolMXBean pool(RotatingDataSource dataSource) {
        try {
            return dataSource.unwrap(HikariDataSource.class).getHikariPoolMXBean();
        } catch (SQLException e) {
            throw new IllegalStateException("the pool is not the one that was made", e);
        }
    }

    String name() {
        return name;
    }

    int port() {
        return server.port();
    }

    Tally tally() {
        return tally;
    }

    /** How many connections of the pool are in use now. */
    int busyConnections() {
        return pool.getActiveConnections();
    }

    /** What this replica sees of each secret. */
    List<Keyring> keyrings() {
        return secrets.stream().map(RotatingSecret::keyring).toList();
    }

    /** Begins a rotation of {@code secret}. */
    Answer rotate(String secret) {
        return slipring.rotate(secret, "demo", "the demo rotates by command");
    }

    @Override
    public void close() {
        resources.close();
    }
}
