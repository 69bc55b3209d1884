package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.Slipring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.FileSecretStore;
import dev.slipring.store.ResealReport;
import dev.slipring.store.SealedSecretStore;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A root key that changes under a session secret that rotates meanwhile, on two replicas of one directory. */
class RootKeyStoryTest {
    private static final SecretName SESSION = SecretName.of("session");
    private static final RotationPolicy POLICY = RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(12));

    @TempDir
    Path temp;

    private final ManualClock clock = Keks.clock();
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final Map<Integer, SecretValue> known = new TreeMap<>();
    private final List<Replica> replicas = new ArrayList<>();

    @AfterEach
    void close() {
        replicas.forEach(Replica::close);
    }

    @Test
    void rootKey_rotatesUnderALiveSecret_everyValueIsReadableAtEveryMoment() throws IOException {
        Replica a = replica("a");
        Replica b = replica("b");
        everybodyReads(1);

        // The next root key reaches one replica; the other has only the old one. Sessions rotate as always.
        a.deploy(2);
        a.slipring.rotate("session", "anna", "drill");
        pass(Duration.ofMinutes(25));
        everybodyReads(2);
        assertThat(a.store.census().byRootVersion()).containsOnlyKeys(1);

        // Every replica accepts it; then one after the other seals with it.
        b.deploy(2);
        pass(Duration.ofMinutes(2));
        a.seals(2);
        pass(Duration.ofHours(14));
        b.slipring.rotate("session", "anna", "another drill");
        pass(Duration.ofMinutes(25));
        everybodyReads(3);
        b.seals(2);
        pass(Duration.ofMinutes(2));

        // What is stored follows, whoever does it; a second time finds nothing to do.
        assertThat(a.store.census().remaining(1).getAsLong()).isPositive();
        ResealReport report = a.store.resealAll();
        assertThat(report.failed()).isEmpty();
        assertThat(report.changed()).isPositive();
        assertThat(b.store.resealAll().changed()).isZero();
        assertThat(b.store.census().remaining(1)).hasValue(0);
        everybodyReads(3);

        // Nothing needs the old root key: it goes, from one replica after the other.
        a.drop(1);
        pass(Duration.ofMinutes(2));
        everybodyReads(3);
        b.drop(1);
        pass(Duration.ofHours(14));
        b.slipring.rotate("session", "anna", "last drill");
        pass(Duration.ofMinutes(25));
        everybodyReads(4);
        Replica c = replica("c", 2);
        assertThat(c.secret.primary().value()).isEqualTo(a.secret.primary().value());
        assertThat(c.store.installationKey()).isEqualTo(a.store.installationKey());
        everybodyReads(4);
    }

    @Test
    void rootKey_thatSealsBeforeAReplicaAcceptsIt_isNamedThereAndHarmsNoLiveKeyring() throws IOException {
        Replica a = replica("a");
        Replica b = replica("b");
        a.deploy(2);
        a.seals(2);
        pass(Duration.ofMinutes(2));
        a.slipring.rotate("session", "anna", "too early");
        pass(Duration.ofMinutes(5));

        assertThatThrownBy(() -> b.store.value(SESSION, 2))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContainingAll("secret session version 2", "secret root-key version 2", "not known");
        assertThat(b.secret.primary().number()).isEqualTo(1);
        assertThat(b.secret.primary().value().length()).isEqualTo(32);

        b.deploy(2);
        pass(Duration.ofMinutes(2));
        assertThat(b.store.value(SESSION, 2))
                .isEqualTo(a.store.value(SESSION, 2))
                .isPresent();
        assertThat(b.secret.keyring().accepted(2)).isPresent();
    }

    /** Both replicas read each value that is stored, as it always was; and the disk shows none of them. */
    private void everybodyReads(int newest) throws IOException {
        List<SecretVersion> versions =
                replicas.get(0).store.read(SESSION).record().orElseThrow().versions();
        assertThat(versions).hasSize(newest);
        for (Replica replica : replicas) {
            for (SecretVersion version : versions) {
                Optional<SecretValue> value = replica.store.value(SESSION, version.number());
                assertThat(value.isPresent()).isEqualTo(inUse(version));
                value.ifPresent(read ->
                        assertThat(read).isEqualTo(known.computeIfAbsent(version.number(), number -> read.copy())));
            }
            assertThat(replica.secret.primary().value())
                    .isEqualTo(known.get(replica.secret.primary().number()));
        }
        diskShows(false, known.values());
        diskShows(false, List.of(replicas.get(0).store.installationKey()));
        assertThat(temp.resolve("store/INSTALLATION.key")).doesNotExist();
    }

    private static boolean inUse(SecretVersion version) {
        return version.state() != VersionState.DESTROYED;
    }

    @Test
    void disk_ofAnUnsealedStore_showsValues() throws IOException {
        FileSecretStore plain = FileSecretStore.in(temp.resolve("store"), clock);
        SecretValue value = SecretValue.copyOf(key(7));
        plain.putValueIfAbsent(SESSION, 1, value);
        diskShows(true, List.of(value));
    }

    private void diskShows(boolean shown, Iterable<SecretValue> values) throws IOException {
        StringBuilder disk = new StringBuilder();
        try (Stream<Path> files = Files.walk(temp.resolve("store"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                disk.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        for (SecretValue value : values) {
            byte[] bytes = value.copyBytes();
            List<String> forms = List.of(
                    new String(bytes, 0, 16, StandardCharsets.ISO_8859_1),
                    HexFormat.of().formatHex(bytes, 0, 16),
                    Base64.getEncoder().encodeToString(bytes).substring(0, 16));
            assertThat(forms.stream().anyMatch(form -> disk.indexOf(form) >= 0)).isEqualTo(shown);
        }
    }

    private void pass(Duration time) {
        scheduler.advance(time);
    }

    private Replica replica(String name, int... rootVersions) throws IOException {
        Replica replica = new Replica(name, rootVersions.length == 0 ? new int[] {1} : rootVersions);
        replicas.add(replica);
        return replica;
    }

    private static byte[] key(int version) {
        byte[] key = new byte[32];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (31 * version + 7 * i);
        }
        return key;
    }

    /** One process, with root keys of its own deployment. */
    private final class Replica implements AutoCloseable {
        private final Path directory;
        private final RootKey rootKey;
        private final RotatingSecret root;
        private final EnvelopeEncryptor encryptor;
        private final SealedSecretStore store;
        private final Slipring slipring;
        private final RotatingSecret secret;

        Replica(String name, int... versions) throws IOException {
            directory = Files.createDirectory(temp.resolve(name));
            for (int version : versions) {
                deploy(version);
            }
            rootKey = RootKey.inDirectory("root-key", directory);
            root = rootKey.follow(scheduler);
            encryptor = EnvelopeEncryptor.builder(root).build();
            store = SealedSecretStore.around(
                    FileSecretStore.in(temp.resolve("store"), clock), EnvelopeValueSealer.of(encryptor));
            slipring = Slipring.builder(store)
                    .scheduler(scheduler)
                    .ticker(clock)
                    .replica(name)
                    .withoutReports()
                    .build();
            secret = slipring.secret("session", RandomIssuer.bytes(32), POLICY);
        }

        /** Brings a root key, which does not seal if there is one already. */
        void deploy(int version) throws IOException {
            Path seals = directory.resolve("seals");
            if (!Files.exists(seals)) {
                Files.writeString(seals, version + "\n");
            }
            Path file = Files.createFile(
                    directory.resolve("new-" + version),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(file, key(version));
            Files.move(file, directory.resolve(Integer.toString(version)));
        }

        void seals(int version) throws IOException {
            Files.writeString(directory.resolve("seals"), version + "\n");
        }

        void drop(int version) throws IOException {
            Files.delete(directory.resolve(Integer.toString(version)));
        }

        @Override
        public void close() {
            slipring.close();
            encryptor.close();
            root.close();
            rootKey.close();
        }
    }
}
