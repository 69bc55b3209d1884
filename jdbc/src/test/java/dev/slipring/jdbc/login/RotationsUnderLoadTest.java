package dev.slipring.jdbc.login;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.jdbc.MariaDbServer;
import dev.slipring.jdbc.PostgresServer;
import dev.slipring.keyring.SecretValue;
import java.sql.SQLException;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every way to rotate a login, on a real server, under load and without retries: a pool of {@value LoadedLogin#POOL},
 * nearly always all borrowed, and more threads than that. All ways at once; {@code -Dslipring.rotations=200}, or the
 * profile {@code rotations}, makes it long.
 */
class RotationsUnderLoadTest {
    private static final int ROTATIONS = Integer.getInteger("slipring.rotations", 20);

    /** As long as passwords are, in the alphabets that they could be written in. */
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9+/=_-]{16,}");

    private static final Map<Strategy, CompletableFuture<LoadedLogin.Outcome>> RUNS = new EnumMap<>(Strategy.class);
    private static final Map<Strategy, LoadedLogin> LOGINS = new EnumMap<>(Strategy.class);
    private static int postgresLogBefore;
    private static int mariaDbLogBefore;

    /** The strategies of which there is a real server. */
    enum Strategy {
        POSTGRES_ALTERNATING,
        POSTGRES_THROW_AWAY,
        POSTGRES_SINGLE_USER,
        MARIADB_DUAL_PASSWORD,
        MARIADB_ALTERNATING,
        MARIADB_SINGLE_USER;

        LoadedServer server() throws SQLException {
            return switch (this) {
                case POSTGRES_ALTERNATING ->
                    LoadedServer.postgres(
                            (admin, stem) -> PostgresLogins.alternating(admin, stem + "_owner"), "*_owner");
                case POSTGRES_THROW_AWAY ->
                    LoadedServer.postgres((admin, stem) -> PostgresLogins.throwAway(admin, stem + "_owner"), "*_owner");
                case POSTGRES_SINGLE_USER -> LoadedServer.postgres(PostgresLogins::singleUser, "*");
                case MARIADB_DUAL_PASSWORD -> LoadedServer.mariaDb(MariaDbLogins::dualPassword, "*");
                case MARIADB_ALTERNATING ->
                    LoadedServer.mariaDb((admin, stem) -> MariaDbLogins.alternating(admin, stem + "_role"), "*_role");
                case MARIADB_SINGLE_USER -> LoadedServer.mariaDb(MariaDbLogins::singleUser, "*");
            };
        }
    }

    @BeforeAll
    static void start() throws SQLException {
        postgresLogBefore = PostgresServer.shared().log().length();
        mariaDbLogBefore = MariaDbServer.log().length();
        for (Strategy strategy : Strategy.values()) {
            LOGINS.put(strategy, new LoadedLogin(strategy.server()));
        }
        LOGINS.forEach((strategy, login) -> {
            CompletableFuture<LoadedLogin.Outcome> run = new CompletableFuture<>();
            RUNS.put(strategy, run);
            Thread thread = new Thread(
                    () -> {
                        try {
                            run.complete(login.rotate(ROTATIONS));
                        } catch (Throwable e) {
                            run.completeExceptionally(e);
                        }
                    },
                    "rotates " + strategy);
            thread.start();
        });
    }

    @AfterAll
    static void end() throws SQLException {
        RUNS.values().forEach(run -> run.handle((outcome, failure) -> outcome).join());
        MariaDbServer.execute("SET GLOBAL general_log = ON");
    }

    @ParameterizedTest
    @EnumSource
    void rotations_underLoad_failNoCheckoutAndKillNoTransaction(Strategy strategy) throws Exception {
        LoadedLogin.Outcome outcome = RUNS.get(strategy).get();
        System.out.println("login rotations: " + strategy + ": " + outcome);

        assertThat(outcome.failures()).isEmpty();
        assertThat(outcome.rows()).as("committed").isEqualTo(outcome.shortDone() + outcome.longDone());
        assertThat(outcome.shortDone()).isGreaterThan(50L * ROTATIONS);
        assertThat(outcome.longDone()).isGreaterThanOrEqualTo(ROTATIONS / 2);
        assertThat(outcome.busy()).isGreaterThan(0.8);
        assertThat(outcome.peaks().opened()).isBetween(LoadedLogin.POOL, LoadedLogin.POOL + 1);
        // The server counts a session until its process is gone, a moment after it closed, and one of the rotator's
        // that
        // probes a login as that login.
        assertThat(outcome.peaks().seen()).isBetween(LoadedLogin.POOL, LoadedLogin.POOL + 3);
    }

    @Test
    void serverLogs_afterAllRotations_holdNoPassword() {
        RUNS.values().forEach(CompletableFuture::join);
        Set<String> written = new HashSet<>();
        for (LoadedLogin login : LOGINS.values()) {
            for (SecretValue value : login.values()) {
                byte[] password = Login.parse(value).copyPassword();
                written.add(new String(password, UTF_8));
                written.add(HexFormat.of().formatHex(password));
                written.add(Base64.getEncoder().encodeToString(password));
            }
        }
        assertThat(written).hasSize(3 * LOGINS.size() * (ROTATIONS + 1));
        String logs = PostgresServer.shared().log().substring(postgresLogBefore)
                + MariaDbServer.log().substring(mariaDbLogBefore);
        assertThat(written).allMatch(word -> WORD.matcher(word).matches());
        assertThat(logs).contains("ALTER ROLE", "ALTER USER", "SCRAM-SHA-256$", "mysql_native_password");
        int words = 0;
        for (Matcher word = WORD.matcher(logs); word.find(); words++) {
            assertThat(written.contains(word.group())).as("a password in a log").isFalse();
        }
        assertThat(words).isGreaterThan(ROTATIONS);
    }
}
