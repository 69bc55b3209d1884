package dev.slipring.store;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A directory that only its owner may enter, with files that only their owner may read, each written
 * once and whole. Every failure becomes a {@link StoreUnavailableException} that names the path. On file systems
 * without POSIX permissions these are left to the system. Immutable and thread-safe.
 */
final class PrivateDirectory {
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Duration YOUNG = Duration.ofHours(1);
    private static final String TEMPORARY = ".tmp-";

    private final Path path;
    private final @Nullable PrivateDirectory parent;
    private final boolean posix;

    private PrivateDirectory(Path path, @Nullable PrivateDirectory parent) {
        this.path = path;
        this.parent = parent;
        this.posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /**
     * Opens or makes {@code path}, whose parent must exist, and tries that it can be written. Should it go away later,
     * as a file system that is not mounted, it is never made again, and what is in it not taken for missing.
     */
    static PrivateDirectory open(Path path) {
        PrivateDirectory directory = new PrivateDirectory(path, null).make();
        return directory.wrap("cannot be used as a store", () -> {
            if (!Files.isDirectory(path)) {
                throw new NotDirectoryException(path.toString());
            }
            if (!Files.isWritable(path)) {
                throw new AccessDeniedException(path.toString());
            }
            directory.refuseOpenToOthers(path);
            return directory;
        });
    }

    Path path() {
        return path;
    }

    /** The directory {@code name} in this one, which need not exist. */
    PrivateDirectory child(String name) {
        return new PrivateDirectory(path.resolve(name), this);
    }

    /** Makes this directory and the private ones around it, up to the one that was opened, unless they exist. */
    PrivateDirectory createMissing() {
        if (exists()) {
            return this;
        }
        if (parent != null) {
            parent.createMissing();
        }
        return make();
    }

    private PrivateDirectory make() {
        return wrap("cannot be made", () -> {
            try {
                Files.createDirectory(path, attributes(DIRECTORY));
            } catch (FileAlreadyExistsException e) {
                if (!Files.isDirectory(path)) {
                    throw e;
                }
            } catch (NoSuchFileException e) {
                throw new NoSuchFileException(String.valueOf(path.getParent()));
            }
            Path around = path.getParent();
            if (around != null) {
                force(around);
            }
            return this;
        });
    }

    /** The names in this directory, without those of temporary files; none if it does not exist. */
    List<String> names() {
        return wrap("cannot be listed", () -> {
            List<String> names = new ArrayList<>();
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
                for (Path entry : entries) {
                    String name = String.valueOf(entry.getFileName());
                    if (!name.startsWith(TEMPORARY)) {
                        names.add(name);
                    }
                }
            } catch (NoSuchFileException e) {
                mustNotBeGone();
                return List.of();
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
            return names;
        });
    }

    /** The bytes of the file {@code name}, owned by the caller; empty if it does not exist. */
    Optional<byte[]> read(String name) {
        Path file = path.resolve(name);
        return wrap(name, "cannot be read", () -> {
            try {
                refuseOpenToOthers(file);
                return Optional.of(Files.readAllBytes(file));
            } catch (NoSuchFileException e) {
                mustNotBeGone();
                return Optional.empty();
            }
        });
    }

    /** Writes the file {@code name} whole unless it exists; returns whether this call wrote it. */
    boolean putIfAbsent(String name, byte[] content) {
        return putIfAbsent(name, content, () -> true);
    }

    /** The same, unless {@code window} has closed by the time the file would appear. */
    boolean putIfAbsent(String name, byte[] content, WriteWindow window) {
        return putIfAbsent(name, content, window::isOpen);
    }

    /** Whether there is such a directory. */
    boolean exists() {
        return Files.isDirectory(path)
                || wrap("cannot be looked for", () -> {
                    mustNotBeGone();
                    return false;
                });
    }

    /** What is missing was never put, unless the directory that was opened is. */
    private void mustNotBeGone() throws NoSuchFileException {
        if (parent != null) {
            parent.mustNotBeGone();
        } else if (!Files.isDirectory(path)) {
            throw new NoSuchFileException(path.toString());
        }
    }

    /**
     * Writes the file {@code name} whole, in place of the one that is there, of which nothing is left; after a crash it
     * may be either. The caller holds the lock under which this file is replaced and deleted, so that nothing but a
     * crash can have left a file of the temporary name that is used here.
     */
    boolean replaceUnderLock(String name, byte[] content) {
        Path temporary = replacement(name);
        return wrap(name, "cannot be replaced", () -> {
            Path file = path.resolve(name);
            try {
                Files.deleteIfExists(temporary);
                write(temporary, content);
                deleteAbandoned(file);
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
                force(path);
            } finally {
                Files.deleteIfExists(temporary);
            }
            return true;
        });
    }

    /** The same as {@link #delete}, under that lock: what a replacement that crashed has left goes too. */
    void deleteUnderLock(String name) {
        wrap(name, "cannot be deleted", () -> Files.deleteIfExists(replacement(name)));
        delete(name);
    }

    private Path replacement(String name) {
        return path.resolve(TEMPORARY + "next-" + name);
    }

    /**
     * Opens the file {@code name} to be locked; it is made unless it exists, and never deleted.
     *
     * @throws IOException if it cannot be opened
     */
    FileChannel openLock(String name) throws IOException {
        return FileChannel.open(path.resolve(name), Set.of(CREATE, WRITE), attributes(FILE));
    }

    /** Writes the file {@code name} whole, in place of the one that is there; after a crash it may be either. */
    void replace(String name, byte[] content) {
        Path temporary = path.resolve(TEMPORARY + UUID.randomUUID());
        wrap(name, "cannot be written", () -> {
            try {
                write(temporary, content);
                Files.move(temporary, path.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary);
            }
            return true;
        });
    }

    private boolean putIfAbsent(String name, byte[] content, BooleanSupplier timely) {
        Path temporary = path.resolve(TEMPORARY + UUID.randomUUID());
        return wrap(name, "cannot be written", () -> {
            try {
                write(temporary, content);
                if (!timely.getAsBoolean()) {
                    return false;
                }
                Files.createLink(path.resolve(name), temporary);
            } catch (FileAlreadyExistsException e) {
                return false;
            } catch (UnsupportedOperationException e) {
                throw new IOException("the file system has no hard links", e);
            } finally {
                Files.deleteIfExists(temporary);
                force(path);
            }
            return true;
        });
    }

    /** Deletes the file {@code name} for good, if it exists, and what a crash may have left of it. */
    void delete(String name) {
        wrap(name, "cannot be deleted", () -> {
            Path file = path.resolve(name);
            deleteAbandoned(file);
            if (Files.deleteIfExists(file)) {
                force(path);
            }
            return true;
        });
    }

    /**
     * A temporary file outlives the call that made it only if its process was killed. One that is a link to
     * {@code file} holds the same bytes and goes with it, however young.
     */
    private void deleteAbandoned(Path file) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path, TEMPORARY + "*")) {
            for (Path entry : entries) {
                if (old(String.valueOf(entry.getFileName())) || sameFile(entry, file)) {
                    Files.deleteIfExists(entry);
                }
            }
        } catch (NoSuchFileException e) {
            return; // the directory was never made
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static boolean sameFile(Path a, Path b) throws IOException {
        try {
            return Files.isSameFile(a, b);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Deletes the lowest of the names that match, as long as more than {@code keep} match and they are old. */
    void prune(int keep, Predicate<String> matching) {
        List<String> names = new ArrayList<>(names().stream().filter(matching).toList());
        Collections.sort(names);
        for (String name : names.subList(0, Math.max(0, names.size() - keep))) {
            if (old(name)) {
                delete(name);
            }
        }
    }

    private boolean old(String name) {
        return wrap(name, "has no age", () -> {
            try {
                FileTime written = Files.getLastModifiedTime(path.resolve(name));
                return written.toInstant().isBefore(Instant.now().minus(YOUNG));
            } catch (NoSuchFileException e) {
                return false;
            }
        });
    }

    private void write(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, Set.of(CREATE_NEW, WRITE), attributes(FILE))) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
    }

    /** A directory's entries are on the disk only once the directory itself was forced. */
    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, READ)) {
            channel.force(true);
        }
    }

    private FileAttribute<?>[] attributes(Set<PosixFilePermission> permissions) {
        return posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }

    private void refuseOpenToOthers(Path file) throws IOException {
        if (!isPrivate(file)) {
            String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
            throw new IOException("others may access " + file + " (" + mode + "); it must be for its owner only");
        }
    }

    private boolean isPrivate(Path file) throws IOException {
        return !posix || DIRECTORY.containsAll(Files.getPosixFilePermissions(file));
    }

    private interface Access<T> {
        T run() throws IOException;
    }

    private <T> T wrap(String what, Access<T> access) {
        return wrap("", what, access);
    }

    private <T> T wrap(String name, String what, Access<T> access) {
        try {
            return access.run();
        } catch (IOException | UncheckedIOException e) {
            throw new StoreUnavailableException(path.resolve(name) + " " + what + ": " + cause(e), e);
        }
    }

    /** File system exceptions say what is wrong in their type rather than in their message. */
    private static String cause(Exception e) {
        String message = String.valueOf(e.getMessage());
        if (e instanceof NotDirectoryException) {
            return "it is not a directory";
        } else if (e instanceof AccessDeniedException) {
            return "access to " + message + " is denied";
        } else if (e instanceof NoSuchFileException) {
            return message + " does not exist";
        } else if (e instanceof FileAlreadyExistsException) {
            return message + " is not a directory";
        }
        return message;
    }
}
