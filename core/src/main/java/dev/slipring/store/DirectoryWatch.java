package dev.slipring.store;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import dev.slipring.keyring.RotatingSecret.Subscription;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of changes in one directory, from a daemon thread that ends when this is closed. Thread-safe. */
final class DirectoryWatch implements Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryWatch.class);

    private final Path directory;
    private final WatchService service;
    private final Runnable changed;

    private DirectoryWatch(Path directory, WatchService service, Runnable changed) {
        this.directory = directory;
        this.service = service;
        this.changed = changed;
    }

    /**
     * Watches {@code directory} as it is now.
     *
     * @throws StoreUnavailableException if it cannot be watched, such as for want of watches
     */
    static DirectoryWatch of(Path directory, Runnable changed) {
        try {
            WatchService service = directory.getFileSystem().newWatchService();
            try {
                directory.register(service, ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE);
            } catch (IOException e) {
                service.close();
                throw e;
            }
            DirectoryWatch watch = new DirectoryWatch(directory, service, changed);
            Thread thread = new Thread(watch::run, "slipring-watch");
            thread.setDaemon(true);
            thread.start();
            return watch;
        } catch (IOException e) {
            throw new StoreUnavailableException(directory + " cannot be watched: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            service.close();
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("directory", directory).setCause(e).log("a watch could not be closed");
        }
    }

    private void run() {
        try (WatchService open = service) {
            boolean valid = true;
            while (valid) {
                WatchKey key = open.take();
                key.pollEvents(); // which files it was is no matter, nor whether some events were lost
                valid = key.reset();
                tell();
            }
            LOG.atWarn()
                    .addKeyValue("directory", directory)
                    .log("the directory is gone: changes are seen at refreshes");
        } catch (ClosedWatchServiceException e) {
            LOG.atTrace().addKeyValue("directory", directory).log("the watch is closed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("directory", directory).setCause(e).log("a watch could not be closed");
        }
    }

    private void tell() {
        try {
            changed.run();
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("directory", directory).setCause(e).log("a listener of changes failed");
        }
    }
}
