package dev.slipring.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import dev.slipring.Slipring;
import dev.slipring.jdbc.hikari.HikariRotation;
import dev.slipring.jdbc.login.Login;
import dev.slipring.jdbc.login.LoginDocument;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.Timing;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.FollowedSecretSource;
import dev.slipring.store.ForeignSecret;
import dev.slipring.store.MountedDirectory;
import dev.slipring.store.Sighting;
import dev.slipring.store.TrailingNewline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Something else rotates the login of a real database; the application notices nothing. */
class FollowedLoginTest {
    private static final SecretName NAME = SecretName.of("app-db");
    private static final Timing TIMING =
            RotationPolicy.logins(Duration.ofDays(30)).timing();

    @TempDir
    private Path directory;

    private int swaps;

    private interface Delivery {
        void of(String user, String password) throws Exception;
    }

    @Test
    void mountedDirectory_rotatedOutsideUnderLoad_failsNoCheckout() throws Exception {
        users("mounted_a", "mounted_b");
        swap("mounted_a", "pw-0");
        ForeignSecret mounted = MountedDirectory.builder(directory, TrailingNewline.DROP)
                .login("username", "password", Login::encode)
                .watching()
                .build();
        rotatedUnderLoad(mounted, List.of("mounted_a", "mounted_b"), this::swap);
    }

    @Test
    void secretOfAws_whoseUsersAlternate_failsNoCheckout() throws Exception {
        users("rds", "rds_clone");
        AtomicReference<String> current = new AtomicReference<>(document("rds", "pw-0"));
        AtomicReference<String> previous = new AtomicReference<>("");
        ForeignSecret labels = () -> {
            Sighting seen = Sighting.of(LoginDocument.rds().parse(current.get().getBytes(UTF_8)));
            return Optional.of(previous.get())
                    .filter(text -> !text.isEmpty())
                    .map(text -> seen.before(LoginDocument.rds().parse(text.getBytes(UTF_8))))
                    .orElse(seen);
        };
        rotatedUnderLoad(labels, List.of("rds", "rds_clone"), (user, password) -> {
            previous.set(current.get());
            current.set(document(user, password));
        });
    }

    @Test
    void mountedDirectory_swappedFast_isNeverSeenTornBySixteenReaders() throws Exception {
        swap("user-0", "password-0");
        ForeignSecret mounted = MountedDirectory.builder(directory, TrailingNewline.DROP)
                .login("username", "password", Login::encode)
                .build();
        Thread outside = new Thread(() -> {
            for (int i = 1; i <= 2000; i++) {
                try {
                    swap("user-" + i, "password-" + i);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
        });
        ExecutorService readers = Executors.newFixedThreadPool(16);
        try {
            outside.start();
            Callable<Integer> reading = () -> {
                int looks = 0;
                for (; outside.isAlive(); looks++) {
                    Login login = Login.parse(mounted.look().current());
                    assertThat(login.revealPassword()).isEqualTo(login.user().replace("user", "password"));
                }
                return looks;
            };
            List<Future<Integer>> all = IntStream.range(0, 16)
                    .mapToObj(i -> readers.submit(reading))
                    .toList();
            for (Future<Integer> each : all) {
                assertThat(each.get()).isPositive();
            }
        } finally {
            readers.shutdownNow();
        }
    }

    /** Three rotations: each gives the other user a new password, hands it out, and then locks the one before. */
    private static void rotatedUnderLoad(ForeignSecret foreign, List<String> users, Delivery delivery)
            throws Exception {
        try (FollowedSecretSource followed = FollowedSecretSource.builder()
                        .secret(NAME, foreign, TIMING)
                        .build();
                Slipring slipring = Slipring.reading(followed).build()) {
            RotatingSecret secret = slipring.reader(NAME.value());
            try (RotatingDataSource source = HikariRotation.of(secret, config())) {
                RotationLoad load = RotationLoad.on(source, 6);
                load.goOn();
                for (int rotation = 1; rotation <= 3; rotation++) {
                    String user = users.get(rotation % 2);
                    String before = users.get((rotation + 1) % 2);
                    PostgresServer.execute("ALTER ROLE " + user + " LOGIN PASSWORD 'pw-" + rotation + "'");
                    delivery.of(user, "pw-" + rotation);
                    secret.refresh();
                    int generation = rotation + 1;
                    Await.until(
                            "generation " + generation + " is stable",
                            () -> source.state().equals(new ClientState.Stable(generation)));
                    PostgresServer.execute("ALTER ROLE " + before + " NOLOGIN");
                    load.goOn();
                    Await.until(
                            "only " + user + " has sessions",
                            () -> PostgresServer.query(
                                            "SELECT DISTINCT usename FROM pg_stat_activity WHERE usename IN ('"
                                                    + String.join("','", users) + "')")
                                    .equals(List.of(user)));
                }
                assertThat(load.stop()).isEmpty();
            }
        }
    }

    private static HikariConfig config() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(PostgresServer.url());
        config.setMaximumPoolSize(6);
        config.setConnectionTimeout(10_000);
        return config;
    }

    private static void users(String first, String second) throws SQLException {
        PostgresServer.execute("CREATE ROLE " + first + " LOGIN PASSWORD 'pw-0'");
        PostgresServer.execute("CREATE ROLE " + second + " NOLOGIN");
    }

    private static String document(String user, String password) {
        return "{\"engine\":\"postgres\",\"host\":\"db\",\"port\":5432,\"username\":\"" + user + "\",\"password\":\""
                + password + "\"}";
    }

    /** As a kubelet does it: a new directory, then a link that changes in one step, then the old one is gone. */
    private void swap(String user, String password) throws IOException {
        Path next = Files.createDirectory(directory.resolve("..2030_" + swaps++));
        Files.writeString(next.resolve("username"), user);
        Files.writeString(next.resolve("password"), password + "\n");
        Path data = directory.resolve("..data");
        Path before = Files.isSymbolicLink(data) ? data.toRealPath() : null;
        Path link = Files.createSymbolicLink(directory.resolve("..data_tmp"), next.getFileName());
        Files.move(link, data, StandardCopyOption.ATOMIC_MOVE);
        if (before != null) {
            Files.delete(before.resolve("username"));
            Files.delete(before.resolve("password"));
            Files.delete(before);
        }
    }
}
