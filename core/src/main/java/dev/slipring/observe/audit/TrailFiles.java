package dev.slipring.observe.audit;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The directory of a trail: its files in order, for their owner only, and its lock. On file systems without POSIX
 * permissions these are left to the system. Immutable and thread-safe.
 */
final class TrailFiles {
    private static final Pattern NAME = Pattern.compile("audit-\\d{10}\\.jsonl");

    /** By path: the system locks for a process as a whole, and gives up its lock when any channel to it closes. */
    private static final Map<Path, ReentrantLock> HELD = new ConcurrentHashMap<>();

    private final Path directory;
    private final boolean posix;

    private TrailFiles(Path directory) {
        this.directory = directory;
        posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** Opens {@code directory}, or makes it if its parent exists. */
    static TrailFiles open(Path directory) throws IOException {
        TrailFiles files = new TrailFiles(directory.toAbsolutePath().normalize());
        if (!Files.isDirectory(directory)) {
            Files.createDirectory(directory, files.attributes("rwx------"));
        }
        files.refuseOpenToOthers();
        return files;
    }

    private void refuseOpenToOthers() throws IOException {
        Set<PosixFilePermission> owner = PosixFilePermissions.fromString("rwx------");
        if (posix && !owner.containsAll(Files.getPosixFilePermissions(directory))) {
            throw new IOException("others may access it; it must be for its owner only");
        }
    }

    /** Something done while nobody else holds the lock. */
    interface Work<T> {
        T run() throws IOException;
    }

    /** Runs {@code work} while no other thread or process does so here. */
    <T> T locked(Work<T> work) throws IOException {
        ReentrantLock threads = HELD.computeIfAbsent(directory.toRealPath(), path -> new ReentrantLock());
        threads.lock();
        try (FileChannel channel = open("LOCK");
                FileLock lock = channel.lock()) {
            if (!lock.isValid()) {
                throw new IOException("its lock was lost");
            }
            return work.run();
        } finally {
            threads.unlock();
        }
    }

    /** The files of the trail, the oldest first. */
    static List<Path> in(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(file ->
                            NAME.matcher(String.valueOf(file.getFileName())).matches())
                    .sorted()
                    .toList();
        }
    }

    List<Path> list() throws IOException {
        return in(directory);
    }

    /** The name of the file after {@code name}; the first one's after the empty name. */
    static String after(String name) {
        long number = name.isEmpty() ? 0 : Long.parseLong(name.substring("audit-".length(), name.indexOf('.')));
        return String.format(Locale.ROOT, "audit-%010d.jsonl", number + 1);
    }

    Path resolve(String name) {
        return directory.resolve(name);
    }

    /** Opens the file {@code name} to read and write, and makes it unless it exists. */
    FileChannel open(String name) throws IOException {
        return FileChannel.open(directory.resolve(name), Set.of(CREATE, READ, WRITE), attributes("rw-------"));
    }

    /** A directory's entries are on the disk only once the directory itself was forced. */
    void force() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, READ)) {
            channel.force(true);
        }
    }

    private FileAttribute<?>[] attributes(String permissions) {
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
