package dev.slipring.crypto;

import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.KeyringReader;
import dev.slipring.store.Orders;
import dev.slipring.store.Phase;
import dev.slipring.store.Reading;
import dev.slipring.store.Rotation;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretSource;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The key under which other secrets are sealed, from outside every store: a file, a directory, the environment, values
 * that the application has got by its own ways, or a key that never leaves the service that holds it. Whoever runs the
 * application rotates it.
 *
 * <p>A root key has numbered versions. All of them open what they sealed, one of them seals. To rotate it, in this
 * order: bring the next version to every replica; once all of them have it, name it as the one that seals; reseal what
 * is stored; take the old version away once nothing needs it. A number stands for one key for ever. Keys are at
 * least 32 random bytes; text is taken as it stands, without the end of its last line. A passphrase is no key: one has
 * to be derived from it first, as {@code dev.slipring.crypto.kek.Derivation} does.
 *
 * <p>Ring ids of envelopes come from the name, so a name stays with its root key. Safe for use by several threads.
 * The values read are held until {@link #close()}.
 */
public final class RootKey implements SecretSource, AutoCloseable {
    private static final RotationPolicy POLICY = RotationPolicy.encryptionKeys(Duration.ofDays(365));

    private final SecretName name;
    private final RootVersions.Place place;
    private @Nullable RootVersions held;
    private long epoch;
    private boolean closed;

    private RootKey(String name, RootVersions.Place place) {
        this.name = SecretName.of(name);
        this.place = place;
    }

    /**
     * The root key whose only version, 1, is the content of a file.
     *
     * @param name of the root key, as a secret
     * @param file readable by its owner only
     * @return a source that reads the file again each time
     */
    public static RootKey inFile(String name, Path file) {
        return new RootKey(name, new RootKeyFiles.Single(file));
    }

    /**
     * The root key whose versions are the files of a directory that are named by numbers. The file {@code seals} holds
     * the number of the one that seals; it may be left out while there is only one. Other names are not looked at. Each
     * file is readable by its owner only, and moved to its place whole. A directory that is swapped as a whole, through
     * a link named {@code ..data}, is read by following that link once.
     *
     * @param name of the root key, as a secret
     * @param directory where the files are
     * @return a source that reads the directory again each time
     */
    public static RootKey inDirectory(String name, Path directory) {
        return new RootKey(name, new RootKeyFiles.Numbered(directory));
    }

    /**
     * The root key whose versions are the variables {@code V_1}, {@code V_2} and so on, of which {@code V_SEALS} names
     * the one that seals; it may be left out while there is only one.
     *
     * @param name of the root key, as a secret
     * @param environment such as {@code System.getenv()}
     * @param variable the name {@code V}
     * @return a source that has read them
     * @throws UnusableRecordException if there is no version, one is no key, or nothing valid says which one seals
     */
    public static RootKey inEnvironment(String name, Map<String, String> environment, String variable) {
        RootVersions found = RootVersions.ofVariables(environment, variable);
        return new RootKey(name, () -> found).checked();
    }

    /**
     * The root key of versions that the application has got itself.
     *
     * @param name of the root key, as a secret
     * @param versions keys by version number; they stay the caller's
     * @param seals the number of the one that seals
     * @return a source of these versions
     * @throws UnusableRecordException if there is no version, one is no key, or {@code seals} is none of them
     */
    public static RootKey of(String name, Map<Integer, SecretValue> versions, int seals) {
        RootVersions given = RootVersions.copyOf("the root key " + name, versions, seals);
        return new RootKey(name, () -> given).checked();
    }

    /**
     * The root key that somebody else holds, such as a transit engine: each version names a key there, and an encryptor
     * is built with the {@link KeyWrapper.Source} that finds it by that name.
     *
     * @param name of the root key, as a secret
     * @param versions names of keys by version number, no secrets; they stay the caller's
     * @param seals the number of the one that seals
     * @return a source of these versions
     * @throws UnusableRecordException if there is no version, or {@code seals} is none of them
     */
    public static RootKey naming(String name, Map<Integer, SecretValue> versions, int seals) {
        RootVersions given = RootVersions.naming("the root key " + name, versions, seals);
        return new RootKey(name, () -> given).checked();
    }

    /**
     * Name of this root key.
     *
     * @return the name of the secret that it is
     */
    public SecretName name() {
        return name;
    }

    /**
     * The live view of this root key, which an {@link EnvelopeEncryptor} takes; it reads every minute.
     *
     * @param scheduler where it refreshes; stays the caller's to shut down
     * @return the view, to be closed before this
     * @throws StoreUnavailableException if the root key cannot be read
     * @throws UnusableRecordException if there is no version, one is no key, or nothing valid says which one seals
     */
    public RotatingSecret follow(ScheduledExecutorService scheduler) {
        return RotatingSecret.builder(name, KeyringReader.of(this, name), scheduler)
                .build();
    }

    /**
     * {@inheritDoc}
     *
     * @throws UnusableRecordException if there is no version, one is no key or another than it was, or nothing valid
     *     says which one seals
     */
    @Override
    public synchronized Reading read(SecretName secret) {
        if (!secret.equals(name)) {
            return new Reading(Optional.empty(), Instant.now());
        }
        if (closed) {
            throw new IllegalStateException("root key " + name + " is closed");
        }
        RootVersions before = held;
        RootVersions now = place.read();
        if (before != null && now != before) {
            try {
                now.checkSuccessor(before);
            } catch (UnusableRecordException e) {
                now.wipe();
                throw e;
            }
        }
        if (before == null || !now.sameAs(before)) {
            epoch++;
        }
        held = now;
        if (before != null && now != before) {
            before.wipe();
        }
        return new Reading(Optional.of(record(now)), Instant.now());
    }

    @Override
    public synchronized Optional<SecretValue> value(SecretName secret, int version) {
        RootVersions present = held;
        return present == null || !secret.equals(name)
                ? Optional.empty()
                : Optional.ofNullable(present.values().get(version)).map(SecretValue::copy);
    }

    /** Wipes the values held here. May be called again. */
    @Override
    public synchronized void close() {
        closed = true;
        if (held != null) {
            held.wipe();
            held = null;
        }
    }

    @Override
    public String toString() {
        return "RootKey[" + name + "]";
    }

    private RootKey checked() {
        read(name);
        return this;
    }

    private SecretRecord record(RootVersions now) {
        List<SecretVersion> versions = now.values().keySet().stream()
                .map(number -> SecretVersion.staged(
                                number, new SecretVersion.Origin("root", number, 1), Optional.empty())
                        .in(state(number, now.seals())))
                .toList();
        Rotation rotation = new Rotation("root", now.seals(), POLICY.timing());
        return new SecretRecord(
                name,
                1,
                epoch,
                Phase.IDLE,
                rotation,
                versions,
                ringId(),
                0,
                Orders.NONE,
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    private static VersionState state(int number, int seals) {
        if (number == seals) {
            return VersionState.PRIMARY;
        }
        return number < seals ? VersionState.RETIRING : VersionState.PUBLISHED;
    }

    private int ringId() {
        CRC32 crc = new CRC32();
        crc.update(name.value().getBytes(StandardCharsets.US_ASCII));
        return (int) crc.getValue();
    }
}
