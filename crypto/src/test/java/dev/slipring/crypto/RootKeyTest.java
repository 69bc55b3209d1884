package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.UsableVersion;
import dev.slipring.store.KeyringReader;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootKeyTest {
    private static final SecretName NAME = SecretName.of("root-key");
    private static final String ONE = "zVHfEfEhLkm2kz1HD0l0Y4TgFzBhSg5X";
    private static final String TWO = "QmJp9n0Hrhs6kN1c5cXgk1Tt3uW8yZ0b";

    @TempDir
    Path temp;

    // ---- files

    @Test
    void file_isVersionOneWithoutTheEndOfItsLine() throws IOException {
        for (String end : List.of("", "\n", "\r\n")) {
            Path file = write("key", ONE + end);
            assertThat(keyring(RootKey.inFile("root-key", file)).primary().value())
                    .isEqualTo(value(ONE));
        }
    }

    @Test
    void file_ofRandomBytesThatEndLikeALine_isTakenAsItStands() throws IOException {
        byte[] key = Keks.value(3);
        key[5] = (byte) 0x80;
        key[31] = '\n';
        Path file = write("key", "");
        Files.write(file, key);

        assertThat(keyring(RootKey.inFile("root-key", file)).primary().value()).isEqualTo(SecretValue.copyOf(key));
    }

    @Test
    void file_openToOthers_isRefusedWithItsPath() throws IOException {
        Path file = write("key", ONE);
        for (String mode : List.of("rw-r-----", "rw----r--", "rw-----w-")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            assertUnavailable(() -> keyring(RootKey.inFile("root-key", file)), file.toString(), mode);
        }
    }

    @Test
    void file_thatIsMissing_isUnavailableWithItsPath() {
        Path file = temp.resolve("none");
        assertUnavailable(() -> keyring(RootKey.inFile("root-key", file)), file.toString());
        assertUnavailable(() -> keyring(RootKey.inDirectory("root-key", file)), file.toString());
    }

    @Test
    void file_thatHoldsNoKey_isRefusedWithoutItsContent() throws IOException {
        assertUnusable(() -> keyring(RootKey.inFile("root-key", write("key", ""))), "empty");
        assertUnusable(
                () -> keyring(RootKey.inFile("root-key", write("key", "hunter2"))), "version 1 has 7 bytes", "32");
        assertUnusable(() -> keyring(RootKey.inFile("root-key", write("key", "a".repeat(40)))), "is one byte repeated");
    }

    @Test
    void directory_withTwoVersions_isOneThatSealsAndOneThatOpens() throws IOException {
        write("1", ONE);
        write("2", TWO);
        write("seals", "1\n");
        write("notes.txt", "");
        RootKey root = RootKey.inDirectory("root-key", temp);

        Keyring before = keyring(root);
        assertThat(before.primary().number()).isEqualTo(1);
        assertThat(before.accepted()).extracting(UsableVersion::number).containsExactly(1, 2);

        write("seals", "2");
        Keyring after = KeyringReader.of(root, NAME).load(before);
        assertThat(after.primary().number()).isEqualTo(2);
        assertThat(after.primary().value()).isEqualTo(value(TWO));
        assertThat(after.accepted()).extracting(UsableVersion::number).containsExactly(1, 2);
        assertThat(after.edition()).isGreaterThan(before.edition());
        assertThat(after.edition().ringId()).isEqualTo(before.edition().ringId());

        Files.delete(temp.resolve("1"));
        Keyring last = KeyringReader.of(root, NAME).load(after);
        assertThat(last.accepted()).extracting(UsableVersion::number).containsExactly(2);
        assertThat(KeyringReader.of(root, NAME).load(last).edition()).isEqualTo(last.edition());
    }

    @Test
    void directory_thatDoesNotSayWhichSeals_isRefused() throws IOException {
        RootKey root = RootKey.inDirectory("root-key", temp);
        assertUnusable(() -> keyring(root), "no version");
        write("7", ONE);
        assertThat(keyring(root).primary().number()).isEqualTo(7);
        write("8", TWO);
        for (String seals : List.of("", "9", "x", "-7", "07", "7 8")) {
            write("seals", seals);
            assertUnusable(() -> keyring(root), temp.toString(), "[7, 8]");
        }
    }

    @Test
    void directory_whereANumberGetsAnotherKey_isRefusedAndTheOldOneStays() throws IOException {
        write("1", ONE);
        RootKey root = RootKey.inDirectory("root-key", temp);
        keyring(root);
        write("1", TWO);

        assertUnusable(() -> keyring(root), "version 1 is another key");
        assertThat(root.value(NAME, 1)).contains(value(ONE));
        write("1", ONE);
        assertThatCode(() -> keyring(root)).doesNotThrowAnyException();
    }

    @Test
    void directory_swappedByALink_isReadThroughIt() throws IOException {
        Path mounted = Files.createDirectory(temp.resolve("mounted"));
        for (String name : List.of("first", "second")) {
            Path whole = Files.createDirectory(mounted.resolve("..".concat(name)));
            write(
                    temp.relativize(whole.resolve(name.equals("first") ? "1" : "2"))
                            .toString(),
                    ONE);
        }
        Path link = Files.createSymbolicLink(mounted.resolve("..data"), Path.of("..first"));
        RootKey root = RootKey.inDirectory("root-key", mounted);
        assertThat(keyring(root).primary().number()).isEqualTo(1);

        Files.delete(link);
        Files.createSymbolicLink(link, Path.of("..second"));
        assertThat(keyring(root).primary().number()).isEqualTo(2);
    }

    // ---- the environment and given values

    @Test
    void environment_withNumberedVariables_isTheRootKey() {
        Map<String, String> environment =
                new HashMap<>(Map.of("ROOT_1", ONE, "ROOT_2", TWO, "ROOT_SEALS", "2", "ROOT_X", "", "ROOTS_3", ""));
        Keyring keyring = keyring(RootKey.inEnvironment("root-key", environment, "ROOT"));

        assertThat(keyring.primary().value()).isEqualTo(value(TWO));
        assertThat(keyring.accepted()).extracting(UsableVersion::number).containsExactly(1, 2);
        environment.remove("ROOT_SEALS");
        assertUnusable(() -> RootKey.inEnvironment("root-key", environment, "ROOT"), "ROOT_", "[1, 2]");
        assertUnusable(() -> RootKey.inEnvironment("root-key", Map.of("ROOT_1", "short"), "ROOT"), "5 bytes");
        assertUnusable(() -> RootKey.inEnvironment("root-key", Map.of(), "ROOT"), "no version");
    }

    @Test
    void of_copiesTheValuesAndWipesItsOwn() {
        SecretValue given = value(ONE);
        RootKey root = RootKey.of("root-key", Map.of(4, given), 4);
        given.wipe();
        SecretValue handedOut = root.value(NAME, 4).orElseThrow();

        assertThat(handedOut).isEqualTo(value(ONE));
        root.close();
        assertThat(handedOut).isEqualTo(value(ONE));
        assertThat(root.value(NAME, 4)).isEmpty();
        assertThatThrownBy(() -> root.read(NAME)).isInstanceOf(IllegalStateException.class);
        assertUnusable(() -> RootKey.of("root-key", Map.of(4, value(ONE)), 5), "root-key", "[4]");
    }

    @Test
    void otherSecrets_areNotHere() {
        RootKey root = RootKey.of("root-key", Map.of(1, value(ONE)), 1);
        assertThat(root.read(SecretName.of("other")).record()).isEmpty();
        assertThat(root.value(SecretName.of("other"), 1)).isEmpty();
        assertThat(root).hasToString("RootKey[root-key]");
        assertThat(root.name()).isEqualTo(NAME);
    }

    @Test
    void twoRootKeys_withTwoNames_haveTwoRings() {
        assertThat(ring("root-key")).isNotEqualTo(ring("root-key-2")).isEqualTo(ring("root-key"));
        assertThat(Integer.toUnsignedString(ring("root-key"))).isEqualTo("617646928");
    }

    private int ring(String name) {
        RootKey root = RootKey.of(name, Map.of(1, value(ONE)), 1);
        return root.read(SecretName.of(name)).record().orElseThrow().ringId();
    }

    private static Keyring keyring(RootKey root) {
        return KeyringReader.of(root, NAME).load(null);
    }

    private Path write(String name, String content) throws IOException {
        Path file = temp.resolve(name);
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertUnavailable(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call).isInstanceOf(StoreUnavailableException.class).hasMessageContainingAll(parts);
    }

    private static void assertUnusable(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOf(UnusableRecordException.class)
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("hunter")
                .hasMessageNotContaining(ONE);
    }
}
