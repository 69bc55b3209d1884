package dev.slipring.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.contract.ForeignSecretContract;
import dev.slipring.keyring.RotatingSecret.Subscription;
import dev.slipring.keyring.SecretValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A volume as Kubernetes makes them: files behind a link that is swapped. */
class MountedDirectoryTest extends ForeignSecretContract {
    @TempDir
    private Path directory;

    private int swaps;

    @Override
    protected ForeignSecret foreign() {
        return login(directory).build();
    }

    @Override
    protected void rotate(SecretValue value) throws Exception {
        String text = value.reveal(bytes -> new String(bytes, US_ASCII));
        int colon = text.indexOf(':');
        swap(colon < 0 ? "" : text.substring(0, colon + 1), text.substring(colon + 1));
    }

    @Override
    protected void outage(boolean out) throws Exception {
        if (out) {
            Files.delete(directory.resolve("..data"));
        }
    }

    /** In place of an empty user there is "-", since a file that is empty is refused. */
    private static MountedDirectory.Builder login(Path directory) {
        return MountedDirectory.builder(directory, TrailingNewline.DROP)
                .login(
                        "username",
                        "password",
                        (user, password) -> value((user.equals("-") ? "" : user) + new String(password, US_ASCII)));
    }

    private void swap(String user, String password) throws IOException {
        Path next = Files.createDirectory(directory.resolve("..2030_" + swaps++));
        Files.writeString(next.resolve("username"), (user.isEmpty() ? "-" : user) + "\n");
        Files.writeString(next.resolve("password"), password + "\r\n");
        Path link = Files.createSymbolicLink(directory.resolve("..data_tmp"), next.getFileName());
        Path data = directory.resolve("..data");
        Path before = Files.isSymbolicLink(data) ? data.toRealPath() : null;
        Files.move(link, data, StandardCopyOption.ATOMIC_MOVE);
        if (before != null) {
            Files.delete(before.resolve("username"));
            Files.delete(before.resolve("password"));
            Files.delete(before);
        }
    }

    @Test
    void plainFiles_replacedByRenaming_areSeen() throws Exception {
        MountedDirectory plain = MountedDirectory.builder(directory, TrailingNewline.KEEP)
                .value("token")
                .build();
        for (String each : List.of("one", "two\n", "\r\n")) {
            Path next = Files.writeString(directory.resolve(".next"), each);
            Files.move(next, directory.resolve("token"), StandardCopyOption.ATOMIC_MOVE);
            assertThat(plain.look().current()).isEqualTo(value(each));
        }
    }

    @Test
    void plainDocument_replacedWhileSixteenRead_isNeverTorn() throws Exception {
        Path file = Files.writeString(directory.resolve("login"), "0".repeat(20_000));
        MountedDirectory plain = MountedDirectory.builder(directory, TrailingNewline.KEEP)
                .value("login")
                .build();
        Thread outside = new Thread(() -> {
            try {
                for (int i = 1; i <= 300; i++) {
                    Path next = Files.writeString(
                            directory.resolve(".next"), Integer.toString(i % 10).repeat(20_000 + i));
                    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        outside.start();
        inParallel(() -> {
            while (outside.isAlive()) {
                try {
                    String seen = plain.look().current().reveal(bytes -> new String(bytes, US_ASCII));
                    assertThat(seen.chars().distinct().count()).isEqualTo(1);
                    assertThat(seen.length() % 10).isEqualTo(seen.charAt(0) - '0');
                } catch (StoreUnavailableException e) {
                    assertThat(e).hasMessageContaining("change whenever they are read");
                }
            }
            return null;
        });
    }

    @Test
    void document_isGivenToItsParserAsItStands() throws Exception {
        Files.writeString(directory.resolve("login.json"), "{}\n");
        ForeignSecret parsed = MountedDirectory.builder(directory, TrailingNewline.DROP)
                .document("login.json", SecretValue::copyOf)
                .build();
        assertThat(parsed.look().current()).isEqualTo(value("{}\n"));
    }

    @Test
    void fileThatIsNoValue_isNamedAndNotQuoted() throws Exception {
        Files.writeString(directory.resolve("empty"), "");
        Files.writeString(directory.resolve("newline"), "\n");
        Files.write(directory.resolve("large"), new byte[SecretValue.MAX_LENGTH + 3]);
        Files.createDirectory(directory.resolve("sub"));
        for (String name : List.of("empty", "newline", "large", "sub")) {
            assertThatExceptionOfType(UnusableRecordException.class)
                    .isThrownBy(() -> valueOf(name).look())
                    .withMessageContainingAll(directory.toString(), name);
        }
        Files.writeString(directory.resolve("text"), "hidden-content");
        ForeignSecret refused = MountedDirectory.builder(directory, TrailingNewline.KEEP)
                .document("text", bytes -> {
                    throw new IllegalStateException(new String(bytes, UTF_8));
                })
                .build();
        assertThatExceptionOfType(UnusableRecordException.class)
                .isThrownBy(refused::look)
                .withMessageContaining("text")
                .withNoCause()
                .matches(e -> !String.valueOf(e.getMessage()).contains("hidden-content"));
    }

    @Test
    void userThatIsNoText_isNamedAndNotQuoted() throws Exception {
        Files.write(directory.resolve("username"), new byte[] {(byte) 0xff});
        Files.writeString(directory.resolve("password"), "p");
        assertThatExceptionOfType(UnusableRecordException.class)
                .isThrownBy(() -> login(directory).build().look())
                .withMessageContainingAll("username", "UTF-8");
    }

    @Test
    void fileThatCannotBeRead_isAnOutageThatNamesIt() throws Exception {
        Files.createSymbolicLink(directory.resolve("loop"), directory.resolve("loop"));
        Files.createSymbolicLink(directory.resolve("dangling"), directory.resolve("nowhere"));
        for (String name : List.of("missing", "loop", "dangling")) {
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> valueOf(name).look())
                    .withMessageContainingAll(directory.toString(), name);
        }
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> MountedDirectory.builder(directory.resolve("absent"), TrailingNewline.KEEP)
                        .value("x")
                        .build()
                        .look())
                .withMessageContaining("absent");
    }

    @Test
    void pipe_isRefusedInsteadOfWaitedFor() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThatExceptionOfType(UnusableRecordException.class)
                .isThrownBy(() -> valueOf("pipe").look())
                .withMessageContaining("regular");
    }

    @Test
    void nameThatLeadsElsewhere_isRefused() {
        for (String name : List.of("", ".", "..", "..data", "a/b", "/etc/passwd", "a\\b", "a\0", "a\n")) {
            assertThatThrownBy(() -> valueOf(name)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> MountedDirectory.builder(directory, TrailingNewline.KEEP)
                        .build())
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void watch_tellsOfASwap_untilItIsClosed() throws Exception {
        swap("u", "one");
        CountDownLatch told = new CountDownLatch(1);
        Subscription watch = login(directory).watching().build().onChange(told::countDown);
        swap("u", "two");
        assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
        List<Thread> watching = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("slipring-watch"))
                .toList();
        watch.close();
        for (Thread thread : watching) {
            thread.join(30_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    @Test
    void watch_ofAMissingDirectory_isRefused() {
        ForeignSecret absent = login(directory.resolve("absent")).watching().build();
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> absent.onChange(() -> {}))
                .withMessageContaining("absent");
    }

    private ForeignSecret valueOf(String name) {
        return MountedDirectory.builder(directory, TrailingNewline.DROP)
                .value(name)
                .build();
    }
}
