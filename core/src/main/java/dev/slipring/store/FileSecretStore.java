package dev.slipring.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store in a directory of one machine, for several processes of one user.
 *
 * <p>Each epoch of a record is a file of its own, {@code <secret>/record/<epoch>.json}; the
 * record is the one with the highest name. A compare-and-set writes a temporary file, forces it to
 * the disk, hard-links it to the next epoch's name and forces the directory: if the name exists, another writer
 * has won. So a reader sees a whole record or the one before, after a crash as well. Values are put the same
 * way as {@code <secret>/value/<version>}; whoever erases one or replaces its stored form locks {@code VALUES.lock}
 * first, which the system lets go when a process dies. Reports of replicas are replaced as
 * {@code <secret>/replica/<name>}. The last {@value #KEPT_EPOCHS} epochs are kept, and every one that is younger than
 * an hour.
 *
 * <p>Files have mode 0600, directories 0700, and what others could read is refused: all who use the store are one user
 * of the system, so here readers, rotators and operators have the same rights.
 *
 * <p>Once opened, the directory has to stay: while it is away, as a file system that is not mounted, nothing is read or
 * written, and nothing made anew in its place.
 *
 * <p>The file system must know hard links and be local: over a network, neither the lag nor the atomicity that is
 * relied on here is to be had. Store time is the clock given. Safe for use by several threads, instances and
 * processes.
 */
public final class FileSecretStore implements SecretStore {
    private static final Logger LOG = LoggerFactory.getLogger(FileSecretStore.class);

    /** How many epochs of a record are kept at least. */
    static final int KEPT_EPOCHS = 64;

    private static final Pattern EPOCH = Pattern.compile("\\d{16}\\.json");
    private static final int RETRIES = 100;

    /** How long after its lease the report of a replica is still kept. */
    private static final Duration GONE = Duration.ofDays(1);

    private final PrivateDirectory root;
    private final DirectoryLock lock;
    private final InstantSource clock;

    private FileSecretStore(PrivateDirectory root, InstantSource clock) {
        this.root = root;
        lock = DirectoryLock.in(root, "VALUES.lock"); // upper case, so that no secret can have this name
        this.clock = clock;
    }

    /**
     * The store in {@code directory}, on the system's clock; the directory is made if its parent exists.
     *
     * @throws StoreUnavailableException if it is not a directory, cannot be made, read or written, or is open to
     *     other users
     */
    public static FileSecretStore in(Path directory) {
        return in(directory, InstantSource.system());
    }

    /**
     * The same on {@code clock}.
     *
     * @throws StoreUnavailableException as above
     */
    public static FileSecretStore in(Path directory, InstantSource clock) {
        return new FileSecretStore(
                PrivateDirectory.open(directory.toAbsolutePath().normalize()), Objects.requireNonNull(clock, "clock"));
    }

    @Override
    public Reading read(SecretName secret) {
        for (int i = 0; i < RETRIES; i++) {
            Instant now = clock.instant();
            PrivateDirectory records = records(secret);
            Optional<String> newest = newest(records);
            if (newest.isEmpty()) {
                return new Reading(Optional.empty(), now);
            }
            Optional<byte[]> content = records.read(newest.get());
            if (content.isPresent()) { // otherwise it was pruned in between: there is a newer one
                String place = records.path().resolve(newest.get()).toString();
                SecretRecord record = SecretRecordFormat.parse(secret, new String(content.get(), UTF_8), place);
                if (!fileName(record.epoch()).equals(newest.get())) {
                    throw new UnusableRecordException(
                            "record " + place + " says that it is epoch " + record.epoch(), null);
                }
                return new Reading(Optional.of(record), now);
            }
        }
        throw new StoreUnavailableException(
                "record of secret " + secret + " in " + root.path() + " vanished " + RETRIES
                        + " times while it was read",
                null);
    }

    @Override
    public Optional<SecretValue> value(SecretName secret, int version) {
        return stored(values(secret), Integer.toString(version));
    }

    @Override
    public boolean compareAndSet(SecretRecord next, WriteWindow window) {
        PrivateDirectory records = records(next.secret());
        Optional<String> newest = newest(records);
        boolean successor = next.epoch() == 1
                ? newest.isEmpty()
                : newest.equals(Optional.of(fileName(next.epoch() - 1)))
                        && read(next.secret()).record().filter(next::succeeds).isPresent();
        if (!successor) {
            return false;
        }
        byte[] content = SecretRecordFormat.print(next).getBytes(UTF_8);
        if (!records.createMissing().putIfAbsent(fileName(next.epoch()), content, window)) {
            return false;
        }
        records.prune(KEPT_EPOCHS, name -> EPOCH.matcher(name).matches());
        return true;
    }

    @Override
    public SecretValue putValueIfAbsent(SecretName secret, int version, SecretValue value) {
        PrivateDirectory values = values(secret).createMissing();
        String name = Integer.toString(version);
        value.reveal(bytes -> values.putIfAbsent(name, bytes));
        return stored(values, name)
                .orElseThrow(() -> new StoreUnavailableException(
                        "value " + values.path().resolve(name) + " vanished while it was put", null));
    }

    @Override
    public boolean replaceValue(SecretName secret, int version, SecretValue expected, SecretValue next) {
        PrivateDirectory values = values(secret);
        String name = Integer.toString(version);
        return values.exists()
                && lock.hold(() -> {
                    SecretValue present = stored(values, name).orElse(null);
                    boolean same = present != null && present.equals(expected);
                    if (present != null) {
                        present.wipe();
                    }
                    if (same) {
                        next.reveal(bytes -> values.replaceUnderLock(name, bytes));
                    }
                    return same;
                });
    }

    @Override
    public void eraseValue(SecretName secret, int version) {
        PrivateDirectory values = values(secret);
        if (values.exists()) {
            lock.hold(() -> {
                values.deleteUnderLock(Integer.toString(version));
                return true;
            });
        }
    }

    @Override
    public StoreTraits traits() {
        return new StoreTraits(true, false);
    }

    @Override
    public void report(SecretName secret, ReplicaReport report) {
        PrivateDirectory replicas = replicas(secret).createMissing();
        replicas.replace(report.replica(), ReplicaReportFormat.print(report).getBytes(UTF_8));
        forgetGone(replicas, clock.instant());
    }

    /** What cannot be read is kept, for somebody to look at: it must not keep anybody from reporting. */
    private static void forgetGone(PrivateDirectory replicas, Instant now) {
        for (String name : replicas.names()) {
            try {
                report(replicas, name)
                        .filter(report -> report.leaseUntil().plus(GONE).isBefore(now))
                        .ifPresent(report -> replicas.delete(name));
            } catch (UnusableRecordException e) {
                LOG.atWarn().setCause(e).log("a replica's report cannot be read");
            }
        }
    }

    private static Optional<ReplicaReport> report(PrivateDirectory replicas, String name) {
        String place = replicas.path().resolve(name).toString();
        return replicas.read(name).map(bytes -> ReplicaReportFormat.parse(new String(bytes, UTF_8), place));
    }

    @Override
    public List<ReplicaReport> reports(SecretName secret) {
        PrivateDirectory replicas = replicas(secret);
        return replicas.names().stream()
                .flatMap(name -> report(replicas, name).stream())
                .toList();
    }

    @Override
    public Set<SecretName> names() {
        return root.names().stream()
                .filter(SecretName::isLegal) // what else is here is not a secret of ours
                .filter(name -> Files.isDirectory(root.path().resolve(name)))
                .map(SecretName::of)
                .filter(secret -> newest(records(secret)).isPresent())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public SecretValue installationKey() {
        String name = "INSTALLATION.key"; // upper case, so that no secret can have this name
        if (root.read(name).isEmpty()) {
            byte[] key = new byte[32];
            new SecureRandom().nextBytes(key);
            root.putIfAbsent(name, key);
            Arrays.fill(key, (byte) 0);
        }
        return stored(root, name)
                .orElseThrow(() -> new StoreUnavailableException(
                        "installation key " + root.path().resolve(name) + " vanished", null));
    }

    @Override
    public String toString() {
        return "FileSecretStore[" + root.path() + "]";
    }

    private PrivateDirectory records(SecretName secret) {
        return root.child(secret.value()).child("record");
    }

    private PrivateDirectory replicas(SecretName secret) {
        return root.child(secret.value()).child("replica");
    }

    private PrivateDirectory values(SecretName secret) {
        return root.child(secret.value()).child("value");
    }

    private static Optional<String> newest(PrivateDirectory records) {
        return records.names().stream()
                .filter(name -> EPOCH.matcher(name).matches())
                .max(String::compareTo);
    }

    private static String fileName(long epoch) {
        return String.format(Locale.ROOT, "%016d.json", epoch);
    }

    private static Optional<SecretValue> stored(PrivateDirectory directory, String name) {
        return directory.read(name).map(bytes -> {
            try {
                return SecretValue.copyOf(bytes);
            } catch (IllegalArgumentException e) {
                throw new UnusableRecordException(
                        "value " + directory.path().resolve(name) + " is damaged: " + e.getMessage(), null);
            } finally {
                Arrays.fill(bytes, (byte) 0);
            }
        });
    }
}
