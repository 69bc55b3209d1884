package dev.slipring.store;

import static dev.slipring.contract.Records.NAME;
import static dev.slipring.contract.Records.at;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.contract.SecretStoreContract;
import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.testing.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSecretStoreTest extends SecretStoreContract {
    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

    @TempDir
    Path temp;

    @Override
    protected SecretStore open() {
        return FileSecretStore.in(root(), clock);
    }

    // ---- permissions

    @Test
    void files_andDirectories_areForTheirOwnerOnly() throws IOException {
        SecretStore store = open();
        store.compareAndSet(at(1, "a"), window());
        store.putValueIfAbsent(NAME, 1, value("v"));
        store.installationKey();
        List<Path> all = walk();
        assertThat(all).hasSize(7); // root, secret, record, its epoch, value, version 1, key
        for (Path each : all) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                    .as(each.toString())
                    .isEqualTo(Files.isDirectory(each) ? "rwx------" : "rw-------");
        }
    }

    @Test
    void file_readableByOthers_isRefusedWithItsPath() throws IOException {
        SecretStore store = open();
        store.compareAndSet(at(1, "a"), window());
        store.putValueIfAbsent(NAME, 1, value("v"));
        store.installationKey();
        for (String mode : List.of("rw-r-----", "rw----r--", "rw--w----", "rw-----w-")) {
            setModeOfFiles(mode);
            assertUnavailable(() -> store.read(NAME), epochFile(1).toString(), mode);
            assertUnavailable(() -> store.value(NAME, 1), valueFile(1).toString(), mode);
            assertUnavailable(
                    store::installationKey, root().resolve("INSTALLATION.key").toString(), mode);
        }
        setModeOfFiles("rw-------");
        assertThat(store.read(NAME).record()).isPresent();
    }

    @Test
    void directory_openToOthers_isRefusedWithItsPath() throws IOException {
        Files.createDirectory(root());
        for (String mode : List.of("rwxr-xr-x", "rwx--x---", "rwx---r--")) {
            Files.setPosixFilePermissions(root(), PosixFilePermissions.fromString(mode));
            assertUnavailable(this::open, root().toString(), mode);
        }
        Files.setPosixFilePermissions(root(), PosixFilePermissions.fromString("rwx------"));
        assertThat(open().names()).isEmpty();
    }

    // ---- the directory

    @Test
    void directory_whoseParentIsMissing_isRefusedNamingTheParent() {
        Path parent = temp.resolve("no/such");
        assertUnavailable(
                () -> FileSecretStore.in(parent.resolve("store")),
                parent.resolve("store").toString(),
                parent + " does not exist");
        assertThat(temp.resolve("no")).doesNotExist();
    }

    @Test
    void directory_thatIsAFile_isRefused() throws IOException {
        Files.writeString(root(), "");
        assertUnavailable(this::open, root().toString(), "is not a directory");
    }

    @Test
    void directory_thatIsNotWritable_isRefused() throws IOException {
        Files.createDirectory(
                root(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-x------")));
        Assumptions.assumeFalse(Files.isWritable(root()), "root may write everywhere");
        assertUnavailable(this::open, root().toString(), "denied");
    }

    @Test
    void directory_thatIsGoneWhileInUse_isUnavailable_andNotMadeAnew() throws IOException {
        SecretStore store = open();
        Files.delete(root());
        assertUnavailable(() -> store.read(NAME), root() + " does not exist");
        assertUnavailable(() -> store.compareAndSet(at(1, "a"), window()), root() + " does not exist");
        assertUnavailable(() -> store.eraseValue(NAME, 1), root() + " does not exist");
        assertThat(root()).doesNotExist();
        Files.writeString(root(), "");
        assertUnavailable(() -> store.compareAndSet(at(1, "a"), window()), root().toString());
        assertUnavailable(() -> store.putValueIfAbsent(NAME, 1, value("v")), root().toString());
        assertUnavailable(() -> store.read(NAME), root().toString());
        assertUnavailable(store::names, root().toString());
    }

    @Test
    void names_withFilesThatAnOperatorLeft_areThoseOfSecrets() throws IOException {
        SecretStore store = open();
        store.compareAndSet(at(1, "a"), window());
        Files.createDirectory(root().resolve("lost+found"));
        Files.writeString(root().resolve("README.txt"), "");
        Files.createDirectory(root().resolve("empty"));
        assertThat(store.names()).containsExactly(NAME);
    }

    @Test
    void names_withAPlainFileThatIsNamedLikeASecret_areThoseOfSecrets() throws IOException {
        SecretStore store = open();
        store.compareAndSet(at(1, "a"), window());
        Files.writeString(root().resolve("notes.txt"), "");
        assertThat(store.names()).containsExactly(NAME);
    }

    @Test
    void toString_namesTheDirectory() {
        assertThat(open()).hasToString("FileSecretStore[" + root() + "]");
    }

    // ---- damage

    @Test
    void temporaryFiles_tornByACrash_areIgnored() throws IOException {
        SecretStore store = open();
        store.compareAndSet(at(1, "a"), window());
        store.putValueIfAbsent(NAME, 1, value("v"));
        for (Path directory : List.of(epochFile(1).getParent(), valueFile(1).getParent(), root())) {
            Files.writeString(directory.resolve(".tmp-torn"), "{\"format\":1,");
        }
        assertThat(store.read(NAME).record()).contains(at(1, "a"));
        assertThat(store.value(NAME, 1)).contains(value("v"));
        assertThat(store.names()).containsExactly(NAME);
        assertThat(store.compareAndSet(at(2, "b"), window())).isTrue();
    }

    @Test
    void temporaryFiles_ofACrashLongAgo_areDeletedButNotYoungOnes() throws IOException {
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("v"));
        Path old = valueFile(1).resolveSibling(".tmp-old");
        Path young = valueFile(1).resolveSibling(".tmp-young");
        Files.writeString(old, "hunter2");
        Files.writeString(young, "hunter3");
        Files.setLastModifiedTime(old, LONG_AGO);
        store.eraseValue(NAME, 1);
        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void eraseValue_whoseWriterCrashedBeforeCleaningUp_leavesNoLinkToItsBytes() throws IOException {
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("v"));
        Path link = valueFile(1).resolveSibling(".tmp-crashed");
        Files.createLink(link, valueFile(1));
        store.eraseValue(NAME, 1);
        assertThat(link).doesNotExist();
        assertThat(store.value(NAME, 1)).isEmpty();
    }

    @Test
    void record_damagedOrEmpty_isUnusableWithItsPath() throws IOException {
        SecretStore store = open();
        store.compareAndSet(at(1, "a"), window());
        String whole = Files.readString(epochFile(1));
        for (String text : List.of("", whole.substring(0, whole.length() / 2), "\u0000".repeat(whole.length()), "{}")) {
            Files.writeString(epochFile(1), text);
            assertUnusable(() -> store.read(NAME), epochFile(1).toString());
        }
        Files.write(epochFile(1), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertUnusable(() -> store.read(NAME), epochFile(1).toString());
    }

    @Test
    void record_editedToAnotherEpoch_isUnusable() throws IOException {
        SecretStore store = open();
        store.compareAndSet(at(1, "a"), window());
        String whole = Files.readString(epochFile(1));
        Files.writeString(epochFile(1), whole.replace("\"epoch\":1", "\"epoch\":2"));
        assertUnusable(() -> store.read(NAME), epochFile(1).toString(), "epoch 2");
    }

    @Test
    void record_copiedFromAnotherSecret_isUnusable() throws IOException {
        SecretStore store = open();
        store.compareAndSet(at(1, "a"), window());
        store.compareAndSet(at(SecretName.of("other"), 1, "a"), window());
        Path other = root().resolve("other/record").resolve(epochFile(1).getFileName());
        Files.writeString(other, Files.readString(epochFile(1)));
        assertUnusable(() -> store.read(SecretName.of("other")), other.toString(), NAME.value());
    }

    @Test
    void value_emptiedOrOverlong_isUnusableWithItsPath() throws IOException {
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("v"));
        Files.write(valueFile(1), new byte[0]);
        assertUnusable(() -> store.value(NAME, 1), valueFile(1).toString());
        assertUnusable(
                () -> store.putValueIfAbsent(NAME, 1, value("w")), valueFile(1).toString());
        Files.write(valueFile(1), new byte[48 * 1024 + 1]);
        assertUnusable(() -> store.value(NAME, 1), valueFile(1).toString());
    }

    @Test
    void report_damaged_isUnusableWithItsPathAndKeepsNobodyFromReporting() throws IOException {
        SecretStore store = open();
        store.report(NAME, new ReplicaReport("a", 1, 1, clock.instant(), Map.of()));
        Path damaged = root().resolve(NAME.value()).resolve("replica").resolve("a");
        Files.writeString(damaged, "{\"replica\":\"a\"");

        assertUnusable(() -> store.reports(NAME), damaged.toString());
        store.report(NAME, new ReplicaReport("b", 1, 1, clock.instant(), Map.of()));
        assertUnusable(() -> store.reports(NAME), damaged.toString());
        assertThat(Files.readString(damaged)).isEqualTo("{\"replica\":\"a\"");

        store.report(NAME, new ReplicaReport("a", 1, 2, clock.instant(), Map.of()));
        assertThat(store.reports(NAME)).hasSize(2);
    }

    @Test
    void report_longAfterItsLease_isForgotten() {
        SecretStore store = open();
        store.report(NAME, new ReplicaReport("gone", 1, 1, clock.instant(), Map.of()));
        clock.advance(Duration.ofDays(1));
        store.report(NAME, new ReplicaReport("here", 1, 1, clock.instant(), Map.of()));
        assertThat(store.reports(NAME)).hasSize(2);
        clock.advance(Duration.ofSeconds(1));
        store.report(NAME, new ReplicaReport("here", 1, 1, clock.instant(), Map.of()));

        assertThat(store.reports(NAME)).extracting(ReplicaReport::replica).containsExactly("here");
    }

    // ---- old epochs

    @Test
    void pruning_youngEpochs_keepsAll() throws IOException {
        SecretStore store = open();
        writeEpochs(store, 1, 100);
        assertThat(epochFiles()).hasSize(100);
    }

    @Test
    void pruning_oldEpochs_keepsTheLastOnes() throws IOException {
        SecretStore store = open();
        writeEpochs(store, 1, 100);
        for (String name : epochFiles()) {
            Files.setLastModifiedTime(epochFile(1).resolveSibling(name), LONG_AGO);
        }
        Path foreign = epochFile(1).resolveSibling("0-notes.txt");
        Files.writeString(foreign, "");
        Files.setLastModifiedTime(foreign, LONG_AGO);
        writeEpochs(store, 101, 101);
        assertThat(epochFiles())
                .hasSize(FileSecretStore.KEPT_EPOCHS)
                .contains(name(101), name(38))
                .doesNotContain(name(37));
        assertThat(foreign).exists();
        assertThat(store.read(NAME).record()).contains(at(101, "w"));
        assertThat(store.compareAndSet(at(1, "again"), window())).isFalse();
        assertThat(store.compareAndSet(at(37, "again"), window())).isFalse();
        assertThat(store.compareAndSet(at(102, "w"), window())).isTrue();
    }

    // ---- other processes

    @Test
    void processes_twoThatRace_haveOneWinnerPerEpoch() throws Exception {
        int last = 200;
        open();
        Map<Long, String> winners = new TreeMap<>();
        Process a = start("a", last);
        Process b = start("b", last);
        try (BufferedReader fromA = output(a);
                BufferedReader fromB = output(b)) {
            assertThat(fromA.readLine()).isEqualTo("ready");
            assertThat(fromB.readLine()).isEqualTo("ready");
            go(a);
            go(b);
            collect(fromA, "a", winners);
            collect(fromB, "b", winners);
        } finally {
            a.destroyForcibly().waitFor();
            b.destroyForcibly().waitFor();
        }
        assertThat(winners).hasSize(last);
        SecretStore store = open();
        for (long epoch = 1; epoch <= last; epoch++) {
            SecretRecord written = SecretRecordFormat.parse(NAME, Files.readString(epochFile(epoch)), "test");
            assertThat(written).isEqualTo(at(epoch, winners.get(epoch)));
            assertThat(store.value(NAME, (int) epoch)).contains(FileStoreProcess.value(epoch));
        }
        assertThat(store.read(NAME).record()).contains(at(last, winners.get((long) last)));
        try (Stream<Path> files = Files.walk(root())) {
            assertThat(files.map(Path::getFileName).map(Path::toString)).noneMatch(name -> name.startsWith(".tmp-"));
        }
    }

    @Test
    void processes_killedAtAnyMoment_leaveAStoreThatGoesOn() throws Exception {
        SecretStore store = open();
        long before = 0;
        for (int kill = 0; kill < 12; kill++) {
            Process process = start("p" + kill, Integer.MAX_VALUE);
            long told = before;
            try (BufferedReader from = output(process)) {
                assertThat(from.readLine()).isEqualTo("ready");
                go(process);
                for (int line = 0; line <= kill * 3; line++) {
                    told = Long.parseLong(from.readLine().substring("won ".length()));
                }
            } finally {
                process.destroyForcibly();
                assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            }
            long epoch = store.read(NAME).record().orElseThrow().epoch();
            assertThat(epoch).isGreaterThanOrEqualTo(told).isGreaterThan(before);
            for (long each = before + 1; each <= epoch; each++) {
                assertThat(SecretRecordFormat.parse(NAME, Files.readString(epochFile(each)), "test"))
                        .isEqualTo(at(each, "p" + kill));
                assertThat(store.value(NAME, (int) each)).contains(FileStoreProcess.value(each));
            }
            assertThat(store.compareAndSet(at(epoch + 1, "p" + kill), window())).isTrue();
            store.putValueIfAbsent(NAME, (int) epoch + 1, FileStoreProcess.value(epoch + 1));
            before = epoch + 1;
        }
    }

    @Test
    void processes_thatReplaceAValue_loseNoReplacementAndNeverBringItBack() throws Exception {
        SecretStore store = open();
        for (int version = 1; version <= 3; version++) {
            store.putValueIfAbsent(NAME, version, value("0"));
            Process a = replacing(version);
            Process b = replacing(version);
            try (BufferedReader fromA = output(a);
                    BufferedReader fromB = output(b)) {
                assertThat(fromA.readLine()).isEqualTo("ready");
                assertThat(fromB.readLine()).isEqualTo("ready");
                go(a);
                go(b);
                assertThat(fromA.readLine()).isEqualTo("won");
                assertThat(fromB.readLine()).isEqualTo("won");
                int least = FileValueProcess.count(store.value(NAME, version).orElseThrow());
                store.eraseValue(NAME, version);
                assertThat(2 + last(fromA) + last(fromB)).isGreaterThanOrEqualTo(least);
            } finally {
                a.destroyForcibly().waitFor();
                b.destroyForcibly().waitFor();
            }
            assertThat(store.value(NAME, version)).isEmpty();
        }
        assertThat(valueFiles()).isEmpty();
    }

    @Test
    void processes_killedWhileTheyReplaceAValue_leaveOneThatCanBeReplacedAndErased() throws Exception {
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("0"));
        int before = 0;
        for (int kill = 0; kill < 12; kill++) {
            Process process = replacing(1);
            try (BufferedReader from = output(process)) {
                assertThat(from.readLine()).isEqualTo("ready");
                go(process);
                for (int line = 0; line <= kill * 3; line++) {
                    assertThat(from.readLine()).isEqualTo("won");
                }
            } finally {
                process.destroyForcibly();
                assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            }
            SecretValue left = store.value(NAME, 1).orElseThrow();
            int count = FileValueProcess.count(left);
            assertThat(count).isGreaterThanOrEqualTo(before + kill * 3 + 1);
            assertThat(store.replaceValue(NAME, 1, left, value(Integer.toString(count + 1))))
                    .isTrue();
            before = count + 1;
        }
        store.eraseValue(NAME, 1);
        assertThat(valueFiles()).isEmpty();
    }

    @Test
    void replaceValue_whoseWriterCrashed_leavesNothingOfIt() throws IOException {
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("old"));
        Path link = valueFile(1).resolveSibling(".tmp-crashed");
        Files.createLink(link, valueFile(1));
        Path next = valueFile(1).resolveSibling(".tmp-next-1");
        Files.writeString(next, "half of a val");

        assertThat(store.replaceValue(NAME, 1, value("old"), value("new"))).isTrue();
        assertThat(valueFiles()).containsExactly("1");
        assertThat(store.value(NAME, 1)).contains(value("new"));

        Files.writeString(next, "half of a val");
        store.eraseValue(NAME, 1);
        assertThat(valueFiles()).isEmpty();
    }

    @Test
    void eraseValue_whereNothingWasEverPut_makesNoFile() throws IOException {
        SecretStore store = open();
        store.eraseValue(NAME, 1);
        assertThat(store.replaceValue(NAME, 1, value("a"), value("b"))).isFalse();
        assertThat(walk()).containsExactly(root());
    }

    @Test
    void lock_ofValues_isForItsOwnerOnlyAndNoSecret() throws IOException {
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("v"));
        store.eraseValue(NAME, 1);
        Path lock = root().resolve("VALUES.lock");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(lock)))
                .isEqualTo("rw-------");
        assertThat(store.names()).isEmpty();
    }

    @Test
    void lock_thatCannotBeOpened_isUnavailableWithItsPath() throws IOException {
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("v"));
        Path lock = Files.createDirectory(root().resolve("VALUES.lock"));
        assertUnavailable(() -> store.eraseValue(NAME, 1), lock.toString());
        assertUnavailable(() -> store.replaceValue(NAME, 1, value("v"), value("w")), lock.toString());
        assertThat(store.value(NAME, 1)).contains(value("v"));
    }

    @Test
    void lock_waitedForByAnInterruptedThread_isUnavailableAndKeepsTheInterrupt() {
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("v"));
        Thread.currentThread().interrupt();
        assertUnavailable(() -> store.eraseValue(NAME, 1), "VALUES.lock", "interrupted");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(store.value(NAME, 1)).contains(value("v"));
    }

    // ---- the set-up

    private Process replacing(int version) throws IOException {
        return JavaProcess.of(FileValueProcess.class, root().toString(), Integer.toString(version))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** How many more lines say that the process replaced the value, until it says that there is none. */
    private static int last(BufferedReader from) throws IOException {
        int won = 0;
        String line = from.readLine();
        for (; "won".equals(line); line = from.readLine()) {
            won++;
        }
        assertThat(line).isEqualTo("gone");
        return won;
    }

    private List<String> valueFiles() throws IOException {
        try (Stream<Path> files = Files.list(valueFile(1).getParent())) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private Path root() {
        return temp.resolve("store");
    }

    private Path epochFile(long epoch) {
        return root().resolve(NAME.value()).resolve("record").resolve(name(epoch));
    }

    private Path valueFile(int version) {
        return root().resolve(NAME.value()).resolve("value").resolve(Integer.toString(version));
    }

    private static String name(long epoch) {
        return String.format("%016d.json", epoch);
    }

    private List<Path> walk() throws IOException {
        try (Stream<Path> files = Files.walk(root())) {
            return files.toList();
        }
    }

    private void setModeOfFiles(String mode) throws IOException {
        for (Path each : walk()) {
            if (Files.isRegularFile(each)) {
                Files.setPosixFilePermissions(each, PosixFilePermissions.fromString(mode));
            }
        }
    }

    private List<String> epochFiles() throws IOException {
        try (Stream<Path> files = Files.list(epochFile(1).getParent())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".json"))
                    .toList();
        }
    }

    private void writeEpochs(SecretStore store, int first, int last) {
        for (int epoch = first; epoch <= last; epoch++) {
            assertThat(store.compareAndSet(at(epoch, "w"), window())).isTrue();
        }
    }

    private Process start(String writer, long last) throws IOException {
        return JavaProcess.of(FileStoreProcess.class, root().toString(), writer, Long.toString(last))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void go(Process process) throws IOException {
        process.getOutputStream().write("go\n".getBytes(UTF_8));
        process.getOutputStream().flush();
    }

    private static BufferedReader output(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    private static void collect(BufferedReader from, String writer, Map<Long, String> winners) throws IOException {
        for (String line = from.readLine(); !"done".equals(line); line = from.readLine()) {
            assertThat(line).startsWith("won ");
            assertThat(winners.put(Long.parseLong(line.substring("won ".length())), writer))
                    .as(line)
                    .isNull();
        }
    }

    private static void assertUnavailable(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call).isInstanceOf(StoreUnavailableException.class).hasMessageContainingAll(parts);
    }

    private static void assertUnusable(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call).isInstanceOf(UnusableRecordException.class).hasMessageContainingAll(parts);
    }
}
