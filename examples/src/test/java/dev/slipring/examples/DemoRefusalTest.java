package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.Slipring;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.store.FileSecretStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot run says why in one line that names the thing, ends with code 2, and starts no server. */
final class DemoRefusalTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    @Test
    void store_thatIsAFile_isNamed() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertRefused(new String[] {"--store", "file:" + file}, file.toString());
    }

    @Test
    void store_whoseParentDoesNotExist_isNamed() {
        String missing = directory.resolve("no/such").toString();

        assertRefused(new String[] {"--store", "file:" + missing}, missing);
    }

    @Test
    void record_thatIsDamaged_isNamed() throws IOException {
        Path store = storeWith(Replica.SESSION);
        Path record = recordIn(store, Replica.SESSION);
        Files.writeString(record, "{\"format\": 1, ");

        assertRefused(new String[] {"--store=file:" + store}, record.toString());
    }

    @Test
    void record_thatIsOpenToOthers_isNamed() throws IOException {
        Path store = storeWith(Replica.SESSION);
        Path record = recordIn(store, Replica.SESSION);
        Files.setPosixFilePermissions(record, PosixFilePermissions.fromString("rw-r--r--"));

        assertRefused(new String[] {"--store=file:" + store}, record.toString());
    }

    @Test
    void store_ofAnotherDatabase_isRefused() {
        Path store = storeWith(Replica.LOGIN);

        assertRefused(new String[] {"--store=file:" + store}, store.toString(), "another database");
    }

    @Test
    void store_whoseApiKeyIsOfAnEarlierService_isRefused() {
        Path store = storeWith(Replica.API_KEY);

        assertRefused(new String[] {"--store=file:" + store}, store.toString(), "an API key");
    }

    @Test
    void vault_thatIsNotTold_isNamedByItsVariable() {
        assertThat(catchThrowable(() -> Stores.inVault(Map.of("VAULT_TOKEN", "hunter2"))))
                .isInstanceOf(CannotRunException.class)
                .hasMessageContaining("VAULT_ADDR");
        assertThat(catchThrowable(
                        () -> Stores.inVault(Map.of("VAULT_TOKEN", "hunter2", "VAULT_ADDR", "http://example.com"))))
                .isInstanceOf(CannotRunException.class)
                .hasMessageContaining("VAULT_ADDR")
                .hasMessageContaining("clear text")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void aws_thatIsNotTold_isNamedByItsVariable() {
        String address = "http://127.0.0.1:1";
        assertThat(catchThrowable(() -> Stores.inAws(Map.of("AWS_REGION", "eu-central-1"))))
                .isInstanceOf(CannotRunException.class)
                .hasMessageContaining("AWS_ENDPOINT_URL")
                .hasMessageContaining("--store aws");
        assertThat(catchThrowable(() -> Stores.inAws(Map.of("AWS_ENDPOINT_URL", address))))
                .isInstanceOf(CannotRunException.class)
                .hasMessageContaining("AWS_REGION");
        for (String wrong : List.of("127.0.0.1", "not an address", "http:/")) {
            assertThat(catchThrowable(
                            () -> Stores.inAws(Map.of("AWS_ENDPOINT_URL", wrong, "AWS_REGION", "eu-central-1"))))
                    .as(wrong)
                    .isInstanceOf(CannotRunException.class)
                    .hasMessageContaining("AWS_ENDPOINT_URL");
        }
    }

    @Test
    void overlap_thatIsTooShort_isRefusedWithTheInequality() {
        assertRefused(new String[] {"--overlap", "5"}, "O >= g + T does not hold", "O = PT5S");
    }

    @Test
    void publishDelay_thatIsTooShort_isRefusedWithTheInequality() {
        assertRefused(new String[] {"--policy", "P=2s,O=14s"}, "P >= g does not hold", "P = PT2S");
    }

    @Test
    void jdbcUrl_thatNoDriverAccepts_isNamed() {
        assertRefused(new String[] {"--jdbc-url", "jdbc:nonsense://host/db"}, "jdbc:nonsense://host/db");
    }

    @Test
    void jdbcUrl_withACredential_isRefusedWithoutShowingIt() {
        assertRefused(
                new String[] {"--jdbc-url", "jdbc:postgresql://127.0.0.1/db?password=hunter2"},
                "jdbc:postgresql://127.0.0.1/db");
        assertThat(err.toString(UTF_8)).doesNotContain("hunter2");
    }

    @Test
    void server_thatDoesNotAnswer_isNamed() {
        String url = "jdbc:postgresql://127.0.0.1:1/db";

        assertThat(catchThrowable(() -> Postgres.existing(url, "nobody", Optional.of("hunter2"), true)))
                .isInstanceOf(CannotRunException.class)
                .hasMessageContaining(url)
                .hasMessageContaining("refused")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void report_whoseDirectoryDoesNotExist_isNamed() {
        String report = directory.resolve("missing/report.html").toString();

        assertRefused(new String[] {"--report", report}, report, "directory does not exist");
    }

    @Test
    void option_thatIsUnknown_isNamed() {
        assertRefused(new String[] {"--sideways"}, "unknown option --sideways", "--help");
    }

    private void assertRefused(String[] options, String... texts) {
        String[] all = Stream.concat(
                        Stream.of("--report", directory.resolve("report.html").toString()), Stream.of(options))
                .toArray(String[]::new);
        int code = new Demo(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), false).run(all);

        assertThat(err.toString(UTF_8)).startsWith("demo: ").contains(texts).doesNotContain("\tat ", "Exception");
        assertThat(err.toString(UTF_8).lines()).hasSize(1);
        assertThat(out.toString(UTF_8)).doesNotContain("PostgreSQL");
        assertThat(code).isEqualTo(Demo.CANNOT_RUN);
    }

    private Path storeWith(String secret) {
        Path store = directory.resolve("store");
        try (Slipring slipring = Slipring.builder(FileSecretStore.in(store)).build()) {
            slipring.secret(
                    secret,
                    RandomIssuer.bytes(32),
                    Policies.of(true, StorePlace.Kind.FILE, TimingOverrides.NONE)
                            .session());
        }
        return store;
    }

    private static Path recordIn(Path store, String secret) throws IOException {
        try (Stream<Path> records = Files.list(store.resolve(secret).resolve("record"))) {
            return records.max(Path::compareTo).orElseThrow();
        }
    }
}
