package dev.slipring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.rotation.UseReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * An issuer of alternating logins in a directory that all processes share, like a database with two accounts.
 *
 * <p>A statement makes one file appear whole or not at all, and only if it is not there: {@code <version>.value}
 * when a value is installed in its slot, {@code <version>.revoked} when it is revoked. The highest version in a slot
 * owns it. So a statement can be repeated, and a late one for an old version changes nothing for a later one.
 * Safe for use by several threads and processes.
 */
final class FileIssuer implements SecretIssuer {
    private static final List<String> SLOTS = List.of("blue", "green");
    private static final long IDLE_NANOS = 50_000_000;

    private final Path directory;
    private final String process;
    private final Consumer<CrashEvent> log;
    private final SecureRandom random = new SecureRandom();

    /** Who has a slot. */
    record Owner(int version, boolean valid, SecretValue value) {}

    private FileIssuer(Path directory, String process, Consumer<CrashEvent> log) {
        this.directory = directory;
        this.process = process;
        this.log = log;
    }

    /** Makes the directories of an issuer. */
    static void create(Path directory) throws IOException {
        for (String slot : SLOTS) {
            Files.createDirectories(directory.resolve(slot));
        }
    }

    /** The issuer as {@code process} talks to it; what has an effect is told to {@code log}. */
    static FileIssuer in(Path directory, String process, Consumer<CrashEvent> log) {
        return new FileIssuer(directory, process, log);
    }

    /** Whether {@code value} is what one logs in with in the slot now. */
    boolean accepts(String slot, SecretValue value) {
        return owner(slot)
                .map(owner -> owner.valid && owner.value.equals(value))
                .orElse(false);
    }

    /** Notes that the version is in use. */
    void using(String slot, int version) {
        put(file(slot, version, ".used"), String.valueOf(CrashPlace.nanos()), true);
    }

    /** What is valid, by slot. */
    Map<String, Owner> valid() {
        Map<String, Owner> valid = new TreeMap<>();
        SLOTS.forEach(slot -> owner(slot).filter(Owner::valid).ifPresent(owner -> valid.put(slot, owner)));
        return valid;
    }

    @Override
    public IssuerTraits traits() {
        return new IssuerTraits(Install.BEFORE_PUBLISH, SLOTS, true, true, Duration.ofMillis(100));
    }

    @Override
    public SecretValue mint(Issuance issuance, Collection<SecretValue> existing) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return SecretValue.copyOf(HexFormat.of().formatHex(bytes).getBytes(UTF_8));
    }

    @Override
    public void install(Issuance issuance, SecretValue value) {
        String slot = slot(issuance);
        if (Files.exists(file(slot, issuance.version(), ".revoked"))) {
            throw new IssuerException("version " + issuance.version() + " was revoked and cannot come back");
        }
        state("install", issuance, ".value", value.reveal(bytes -> new String(bytes, UTF_8)));
    }

    @Override
    public ProbeVerdict probe(Issuance issuance, SecretValue value) {
        return accepts(slot(issuance), value) ? ProbeVerdict.ALIVE : ProbeVerdict.DEAD;
    }

    @Override
    public void revoke(Issuance issuance) {
        state("revoke", issuance, ".revoked", issuance.rotationId());
    }

    @Override
    public UseReport use(Issuance issuance) {
        return read(file(slot(issuance), issuance.version(), ".used"))
                .filter(at -> CrashPlace.nanos() - Long.parseLong(at) < IDLE_NANOS)
                .map(at -> UseReport.IN_USE)
                .orElse(UseReport.IDLE);
    }

    /** Whatever owned the slot before is told, so that it shows if a statement took it from somebody. */
    private void state(String statement, Issuance issuance, String suffix, String content) {
        String slot = slot(issuance);
        Optional<Owner> before = owner(slot);
        if (put(file(slot, issuance.version(), suffix), content, false)) {
            Map<String, String> facts = Map.of(
                    "statement", statement,
                    "slot", slot,
                    "version", String.valueOf(issuance.version()),
                    "owner", before.map(owner -> String.valueOf(owner.version)).orElse("0"),
                    "ownerValid",
                            before.map(owner -> String.valueOf(owner.valid)).orElse("false"));
            log.accept(CrashEvent.now(process, CrashEvent.Kind.STATED, issuance.secret(), facts));
        }
    }

    private Optional<Owner> owner(String slot) {
        try (Stream<Path> files = Files.list(directory.resolve(slot))) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(".value"))
                    .map(name -> Integer.parseInt(name.substring(0, name.indexOf('.'))))
                    .max(Integer::compare)
                    .map(version -> new Owner(
                            version,
                            !Files.exists(file(slot, version, ".revoked")),
                            SecretValue.copyOf(read(file(slot, version, ".value"))
                                    .orElseThrow()
                                    .getBytes(UTF_8))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean put(Path file, String content, boolean replacing) {
        Path temporary = directory.resolve(UUID.randomUUID().toString());
        try {
            Files.writeString(temporary, content);
            if (replacing) {
                Files.move(temporary, file, ATOMIC_MOVE);
            } else {
                Files.createLink(file, temporary);
                Files.delete(temporary);
            }
            return true;
        } catch (FileAlreadyExistsException e) {
            delete(temporary);
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(String slot, int version, String suffix) {
        return directory.resolve(slot).resolve(version + suffix);
    }

    private static String slot(Issuance issuance) {
        return issuance.slot().orElseThrow();
    }
}
