package dev.slipring;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretKind;
import dev.slipring.store.FileSecretStore;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretRecordFormat;
import dev.slipring.store.SecretStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directory that the processes of a crash test share: the store, the issuer of the logins, the tokens and
 * the logs; with the two secrets, and the policies they rotate under. The lag D is large for a local file system: it
 * pays for a writer that is stopped for a while between looking at its write window and writing. Immutable.
 */
record CrashPlace(Path root) {
    /** What the processes sign tokens with and accept from each other. */
    static final SecretName SIGNING = SecretName.of("signing");

    /** What the processes log in with: two alternating slots. */
    static final SecretName LOGIN = SecretName.of("login");

    static final List<SecretName> SECRETS = List.of(SIGNING, LOGIN);

    /** T: how long a token lives. */
    static final Duration LIFETIME = Duration.ofMillis(200);

    /** L: the age of a view beyond which its process is not live. */
    static final Duration STALENESS = Duration.ofMillis(250);

    /** A: how long a process uses a view after a newer one came. */
    static final Duration ADOPTION = Duration.ofMillis(50);

    private static final Duration REFRESH = Duration.ofMillis(150);
    private static final boolean LINUX = System.getProperty("os.name").startsWith("Linux");

    static final RotationPolicy SIGNING_POLICY =
            policy(SecretKind.SELF).lifetime(LIFETIME).publishDelay(horizon()).build();
    static final RotationPolicy LOGIN_POLICY =
            policy(SecretKind.OUTBOUND).publishDelay(REFRESH.multipliedBy(3)).build();

    private static RotationPolicy.Builder policy(SecretKind kind) {
        return RotationPolicy.builder(kind, Duration.ofDays(365))
                .refresh(REFRESH)
                .staleness(STALENESS)
                .lag(Duration.ofMillis(200))
                .writeWindow(Duration.ofMillis(100))
                .adoption(ADOPTION)
                .skew(Duration.ZERO)
                .overlap(horizon().plus(LIFETIME))
                .longestOutage(Duration.ofMillis(200))
                .trafficCycle(Duration.ofMillis(100));
    }

    private static Duration horizon() {
        return Duration.ofMillis(200).plus(STALENESS).plus(ADOPTION);
    }

    /** A clock that all processes read alike: Linux counts monotonic time from one origin for all of them. */
    static long nanos() {
        if (LINUX) {
            return System.nanoTime();
        }
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000 + now.getNano();
    }

    /** Makes the directories. */
    CrashPlace create() throws IOException {
        Files.createDirectories(logs());
        AppendedLines.in(tokens()).close();
        FileIssuer.create(issuer());
        return this;
    }

    SecretStore store() {
        return FileSecretStore.in(root.resolve("store"), () -> Instant.ofEpochSecond(0, nanos()));
    }

    Path issuer() {
        return root.resolve("issuer");
    }

    Path tokens() {
        return root.resolve("tokens");
    }

    Path logs() {
        return root.resolve("logs");
    }

    Path log(String process) {
        return logs().resolve(process + ".log");
    }

    /** How many rotations of every secret have begun and are no longer under way. */
    long rotated() {
        SecretStore store = store();
        return SECRETS.stream()
                .mapToLong(name ->
                        store.read(name).record().map(CrashPlace::rotated).orElse(0L))
                .min()
                .orElse(0);
    }

    private static long rotated(SecretRecord record) {
        return record.rotation().sequence() - (record.phase() == Phase.IDLE ? 1 : 2);
    }

    /** Whether nothing is left to do: of every secret the primary version is there and no other value. */
    boolean atRest() {
        SecretStore store = store();
        return SECRETS.stream()
                .allMatch(name ->
                        store.read(name).record().map(CrashPlace::atRest).orElse(false));
    }

    private static boolean atRest(SecretRecord record) {
        return record.phase() == Phase.IDLE
                && record.versions().stream()
                        .map(SecretVersion::state)
                        .allMatch(state -> state == VersionState.PRIMARY || state == VersionState.DESTROYED);
    }

    /** Everything that was told, and what the store and the issuer hold in the end. */
    List<CrashEvent> events() throws IOException {
        List<CrashEvent> events = new ArrayList<>();
        try (Stream<Path> files = Stream.concat(Files.list(logs()), Stream.of(tokens()))) {
            for (Path file :
                    files.filter(file -> !file.toString().endsWith(".err")).toList()) {
                try (AppendedLines lines = AppendedLines.follow(file, false)) {
                    lines.read().forEach(line -> CrashEvent.parse(line).ifPresent(events::add));
                }
            }
        }
        for (SecretName secret : SECRETS) {
            addRecords(secret, events);
            addValues(secret, events);
        }
        FileIssuer issuer = FileIssuer.in(issuer(), "end", event -> {});
        Fingerprints fingerprints = Fingerprints.of(store());
        issuer.valid().forEach((slot, owner) -> {
            Map<String, String> facts = Map.of(
                    "slot", slot,
                    "version", String.valueOf(owner.version()),
                    "fingerprint", fingerprints.of(owner.value()));
            events.add(CrashEvent.now("end", CrashEvent.Kind.VALID, LOGIN, facts));
        });
        return events;
    }

    private void addRecords(SecretName secret, List<CrashEvent> events) throws IOException {
        try (Stream<Path> files =
                Files.list(root.resolve("store").resolve(secret.value()).resolve("record"))) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".json")).toList()) {
                SecretRecord record = SecretRecordFormat.parse(secret, Files.readString(file), file.toString());
                events.add(CrashEvent.record(nanos(), record));
            }
        }
    }

    private void addValues(SecretName secret, List<CrashEvent> events) {
        Fingerprints fingerprints = Fingerprints.of(store());
        Optional<SecretRecord> record = store().read(secret).record();
        for (int version = 1; version <= record.orElseThrow().versions().size() + 1; version++) {
            int number = version;
            store().value(secret, version).ifPresent(value -> {
                Map<String, String> facts =
                        Map.of("version", String.valueOf(number), "fingerprint", fingerprints.of(value));
                events.add(CrashEvent.now("end", CrashEvent.Kind.KEPT, secret, facts));
            });
        }
    }
}
