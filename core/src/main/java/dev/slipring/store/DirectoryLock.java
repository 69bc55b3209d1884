package dev.slipring.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A lock among all processes of one machine, and all threads of this one, that use one directory. The system lets go
 * of it when its process ends, however that ends. Immutable and thread-safe; not reentrant.
 */
final class DirectoryLock {
    /** By path: the system locks for a process as a whole, and gives up its lock when any channel to it closes. */
    private static final Map<Path, ReentrantLock> HELD = new ConcurrentHashMap<>();

    private final PrivateDirectory directory;
    private final String name;

    private DirectoryLock(PrivateDirectory directory, String name) {
        this.directory = directory;
        this.name = name;
    }

    /** The lock that is the file {@code name} in {@code directory}. */
    static DirectoryLock in(PrivateDirectory directory, String name) {
        return new DirectoryLock(directory, name);
    }

    /**
     * Calls {@code body} while nobody else holds this lock.
     *
     * @throws StoreUnavailableException if the file cannot be locked, or the thread is interrupted while it waits
     */
    <T> T hold(Supplier<T> body) {
        ReentrantLock threads = HELD.computeIfAbsent(realPath(), path -> new ReentrantLock());
        try {
            threads.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(e);
        }
        try (FileChannel channel = directory.openLock(name)) {
            channel.lock();
            return body.get();
        } catch (IOException | OverlappingFileLockException e) {
            throw failed(e);
        } finally {
            threads.unlock();
        }
    }

    private Path realPath() {
        try {
            return directory.path().toRealPath().resolve(name);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private StoreUnavailableException failed(Exception e) {
        String why = e instanceof InterruptedException || e instanceof InterruptedIOException
                ? "interrupted"
                : e.getClass().getSimpleName() + " " + e.getMessage();
        return new StoreUnavailableException(directory.path().resolve(name) + " cannot be locked: " + why, e);
    }
}
