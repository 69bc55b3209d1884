package dev.slipring.observe;

import dev.slipring.keyring.SecretName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.Optional;

/** Histories in files, each replaced as a whole. Thread-safe. */
final class UseHistoryFiles implements UseHistoryStore {
    private static final int LONGEST = 64 * 1024;

    private final Path directory;

    UseHistoryFiles(Path directory) {
        this.directory = Objects.requireNonNull(directory, "directory");
    }

    @Override
    public Optional<byte[]> load(SecretName secret) {
        Path file = file(secret);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] read = in.readNBytes(LONGEST + 1);
            if (read.length > LONGEST) {
                throw new IOException("it is longer than " + LONGEST + " bytes");
            }
            return Optional.of(read);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }

    /** A temporary file is its owner's alone from the start. */
    @Override
    public void save(SecretName secret, byte[] history) {
        Path file = file(secret);
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectory(directory);
            }
            Path written = Files.createTempFile(directory, "use-", ".tmp");
            try {
                Files.write(written, history);
                Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(written);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written", e);
        }
    }

    private Path file(SecretName secret) {
        return directory.resolve(secret + ".use.json");
    }
}
