package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import dev.slipring.Slipring;
import dev.slipring.aws.AwsRotatedSecret;
import dev.slipring.aws.FakeSecretsManager;
import dev.slipring.jdbc.ClientState;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.jdbc.hikari.HikariRotation;
import dev.slipring.jdbc.login.Login;
import dev.slipring.jdbc.login.LoginDocument;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.FollowedSecretSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;

/** A function at AWS rotates the login of a real PostgreSQL by turns of two users; the application notices nothing. */
final class AwsLoginStoryTest {
    private static final String ID = "prod/app-db";
    private static final SecretName NAME = SecretName.of("app-db");
    private static final List<String> USERS = List.of("app", "app_clone");
    private static final int THREADS = 6;

    private final FakeSecretsManager aws = new FakeSecretsManager();
    private final SecretsManagerClient client = SecretsManagerClient.builder()
            .endpointOverride(aws.address())
            .region(Region.EU_CENTRAL_1)
            .credentialsProvider(
                    StaticCredentialsProvider.create(AwsBasicCredentials.create(FakeSecretsManager.ROOT, "s")))
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();

    @TempDir
    private Path directory;

    private Postgres postgres;

    @BeforeEach
    void startDatabase() throws SQLException {
        postgres = Postgres.embedded(directory);
        administer("CREATE TABLE orders (who text NOT NULL)");
        for (String user : USERS) {
            administer("CREATE ROLE " + user + " LOGIN PASSWORD 'pw-" + user + "'");
            administer("GRANT INSERT ON orders TO " + user);
        }
        client.createSecret(request -> request.name(ID)
                .secretString(document("app", "pw-app"))
                .clientRequestToken(UUID.randomUUID().toString()));
    }

    @AfterEach
    void stop() {
        client.close();
        aws.close();
        postgres.close();
    }

    @Test
    void login_rotatedByAFunctionOfAws_failsNoTransaction() throws Exception {
        AwsRotatedSecret followed = AwsRotatedSecret.builder(client, ID)
                .document(LoginDocument.rds())
                .build();
        try (FollowedSecretSource source = FollowedSecretSource.builder()
                        .secret(
                                NAME,
                                followed,
                                RotationPolicy.logins(Duration.ofDays(30)).timing())
                        .build();
                Slipring slipring = Slipring.reading(source).build()) {
            RotatingSecret login = slipring.reader(NAME.value());
            try (RotatingDataSource pool = HikariRotation.of(login, config())) {
                Work work = new Work(pool);
                work.goOn();
                for (int generation = 2; generation <= 5; generation++) {
                    rotate(login);
                    work.untilStable(generation);
                    work.goOn();
                    assertThat(connections()).containsOnlyKeys(USERS.get((generation + 1) % 2));
                }
                rotateAtTheSecondTry(login, work);
                work.untilStable(6);
                work.goOn();

                assertThat(work.stop()).isEmpty();
                assertThat(connections()).containsOnlyKeys("app_clone");
                assertThat(orders()).isEqualTo(work.committed()).isPositive();
            }
        }
    }

    /** The four steps, after each of which the application looks. */
    private void rotate(RotatingSecret login) throws SQLException {
        String token = UUID.randomUUID().toString();
        createSecret(token);
        login.refresh();
        setSecret();
        login.refresh();
        testSecret();
        finishSecret(token);
        login.refresh();
    }

    /** The function fails after its first step, and its value stays announced without ever having worked. */
    private void rotateAtTheSecondTry(RotatingSecret login, Work work) throws Exception {
        String token = UUID.randomUUID().toString();
        createSecret(token);
        login.refresh();
        assertThatThrownBy(this::testSecret).isInstanceOf(SQLException.class);
        work.goOn();
        assertThat(login.keyring().primary().number()).isEqualTo(5);
        createSecret(token);
        setSecret();
        testSecret();
        finishSecret(token);
        login.refresh();
    }

    /** Repeated with its token it changes nothing, and answers with what there is. */
    private void createSecret(String token) {
        boolean pending = client.describeSecret(request -> request.secretId(ID))
                .versionIdsToStages()
                .getOrDefault(token, List.of())
                .contains("AWSPENDING");
        if (!pending) {
            String next = USERS.get(1 - USERS.indexOf(login("AWSCURRENT").user()));
            client.putSecretValue(request -> request.secretId(ID)
                    .clientRequestToken(token)
                    .secretString(document(next, "pw-" + token))
                    .versionStages("AWSPENDING"));
        }
    }

    private void setSecret() throws SQLException {
        Login pending = login("AWSPENDING");
        administer("ALTER ROLE " + pending.user() + " PASSWORD '" + pending.revealPassword() + "'");
    }

    private void testSecret() throws SQLException {
        Login pending = login("AWSPENDING");
        DriverManager.getConnection(postgres.url(), pending.user(), pending.revealPassword())
                .close();
    }

    private void finishSecret(String token) {
        String current = stored("AWSCURRENT").versionId();
        client.updateSecretVersionStage(request -> request.secretId(ID)
                .versionStage("AWSCURRENT")
                .moveToVersionId(token)
                .removeFromVersionId(current));
        client.updateSecretVersionStage(
                request -> request.secretId(ID).versionStage("AWSPENDING").removeFromVersionId(token));
    }

    private Login login(String label) {
        SecretValue value =
                LoginDocument.rds().parse(stored(label).secretString().getBytes(UTF_8));
        return Login.parse(value);
    }

    private GetSecretValueResponse stored(String label) {
        return client.getSecretValue(request -> request.secretId(ID).versionStage(label));
    }

    private static String document(String user, String password) {
        return "{\"engine\":\"postgres\",\"host\":\"127.0.0.1\",\"username\":\"" + user + "\",\"password\":\""
                + password + "\"}";
    }

    private HikariConfig config() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(postgres.url());
        config.setMaximumPoolSize(4);
        return config;
    }

    private void administer(String statement) throws SQLException {
        try (Connection connection = administrator();
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    private Connection administrator() throws SQLException {
        HikariConfig login = postgres.administration();
        return DriverManager.getConnection(login.getJdbcUrl(), login.getUsername(), login.getPassword());
    }

    /** How many connections the server has of each user that has any. */
    private Map<String, Integer> connections() throws SQLException {
        Map<String, Integer> counts = new HashMap<>();
        try (Connection connection = administrator();
                Statement sql = connection.createStatement();
                ResultSet rows = sql.executeQuery("SELECT usename, count(*) FROM pg_stat_activity"
                        + " WHERE usename IN ('app', 'app_clone') GROUP BY usename")) {
            while (rows.next()) {
                counts.put(rows.getString(1), rows.getInt(2));
            }
        }
        return counts;
    }

    private int orders() throws SQLException {
        try (Connection connection = administrator();
                Statement sql = connection.createStatement();
                ResultSet row = sql.executeQuery("SELECT count(*) FROM orders")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Threads that commit short transactions until they are told to stop. */
    private static final class Work {
        private final RotatingDataSource source;
        private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        private final Semaphore done = new Semaphore(0);
        private final AtomicInteger committed = new AtomicInteger();
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean stopped;

        Work(RotatingDataSource source) {
            this.source = source;
            for (int i = 0; i < THREADS; i++) {
                Thread thread = new Thread(() -> run(source));
                threads.add(thread);
                thread.start();
            }
        }

        /** Waits for some more transactions. */
        void goOn() throws InterruptedException {
            done.drainPermits();
            assertThat(done.tryAcquire(10, 60, TimeUnit.SECONDS))
                    .as("work goes on")
                    .isTrue();
        }

        void untilStable(int generation) throws InterruptedException {
            for (int i = 0; i < 10_000 && !source.state().equals(new ClientState.Stable(generation)); i++) {
                goOn();
            }
            assertThat(source.state()).isEqualTo(new ClientState.Stable(generation));
        }

        /** Ends the threads; what failed meanwhile. */
        List<Throwable> stop() throws InterruptedException {
            stopped = true;
            for (Thread thread : threads) {
                thread.join();
            }
            return List.copyOf(failures);
        }

        int committed() {
            return committed.get();
        }

        private void run(DataSource pool) {
            while (!stopped) {
                try (Connection connection = pool.getConnection()) {
                    connection.setAutoCommit(false);
                    try (Statement statement = connection.createStatement()) {
                        statement.execute("INSERT INTO orders SELECT current_user FROM pg_sleep(0.004)");
                    }
                    connection.commit();
                    committed.incrementAndGet();
                } catch (SQLException | RuntimeException e) {
                    failures.add(e);
                }
                done.release();
            }
        }
    }
}
