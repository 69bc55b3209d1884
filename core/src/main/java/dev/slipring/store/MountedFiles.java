package dev.slipring.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads files of one directory as they are together at one moment. Immutable and thread-safe. */
final class MountedFiles {
    /** The link that volumes swap in one step. */
    private static final String DATA = "..data";

    private static final int TRIES = 100;

    private final Path directory;
    private final int longest;

    /** What tells one state of a file from another. */
    private record State(@Nullable Object key, long size, FileTime modified) {
        static State of(Path file) throws IOException {
            return of(Files.readAttributes(file, BasicFileAttributes.class));
        }

        static State of(BasicFileAttributes attributes) {
            return new State(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
        }
    }

    /** A file is there that cannot be a value, and reading it again would not help. */
    private static final class UnfitException extends IOException {
        private static final long serialVersionUID = 1L;

        UnfitException(String message) {
            super(message);
        }
    }

    /** @param longest most bytes of one file */
    MountedFiles(Path directory, int longest) {
        this.directory = directory;
        this.longest = longest;
    }

    Path directory() {
        return directory;
    }

    /**
     * The contents of the files {@code names}, in this order; the caller wipes them.
     *
     * @throws StoreUnavailableException if one cannot be read, or they change all the time
     * @throws UnusableRecordException if one is empty, too long or no regular file
     */
    List<byte[]> read(List<String> names) {
        for (int tries = 1; ; tries++) {
            Path place = directory;
            try {
                place = place();
                List<byte[]> contents = readOnce(place, names);
                if (contents != null) {
                    return contents;
                }
            } catch (IOException e) {
                if (unchanged(place) || tries == TRIES) {
                    throw failure(e);
                }
            }
            if (tries == TRIES) {
                throw new StoreUnavailableException(
                        directory + ": the files " + String.join(", ", names) + " change whenever they are read", null);
            }
        }
    }

    /** Where the files are now: behind the link, if there is one, by the path that a swap does not change. */
    private Path place() throws IOException {
        Path link = directory.resolve(DATA);
        return Files.isSymbolicLink(link) ? link.toRealPath() : directory;
    }

    /** Whether what failed was not a swap that took the files away while they were read. */
    private boolean unchanged(Path place) {
        try {
            return place.equals(place());
        } catch (IOException e) {
            return false; // where the link leads is gone: it is swapped at this moment, too
        }
    }

    /** The contents, or null if something changed meanwhile. */
    private @Nullable List<byte[]> readOnce(Path place, List<String> names) throws IOException {
        List<byte[]> contents = new ArrayList<>();
        boolean whole = false;
        try {
            List<State> before = states(place, names);
            for (String name : names) {
                contents.add(content(place.resolve(name), name));
            }
            whole = states(place, names).equals(before);
            if (whole) {
                refuseEmpty(names, contents);
            }
            return whole ? contents : null;
        } catch (IOException e) {
            whole = false;
            throw e;
        } finally {
            if (!whole) {
                contents.forEach(bytes -> Arrays.fill(bytes, (byte) 0));
            }
        }
    }

    private List<State> states(Path place, List<String> names) throws IOException {
        List<State> states = new ArrayList<>();
        states.add(State.of(place));
        for (String name : names) {
            Path file = place.resolve(name);
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) { // to open a pipe would wait for whoever writes to it
                throw new UnfitException(directory.resolve(name) + " is not a regular file");
            }
            states.add(State.of(attributes));
            states.add(State.of(Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)));
        }
        return states;
    }

    private byte[] content(Path file, String name) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(longest + 1);
            if (bytes.length > longest) {
                Arrays.fill(bytes, (byte) 0);
                throw new UnfitException(directory.resolve(name) + " is longer than " + longest + " bytes");
            }
            return bytes;
        }
    }

    private void refuseEmpty(List<String> names, List<byte[]> contents) throws UnfitException {
        for (int i = 0; i < names.size(); i++) {
            if (contents.get(i).length == 0) {
                throw new UnfitException(directory.resolve(names.get(i)) + " is empty");
            }
        }
    }

    private RuntimeException failure(IOException e) {
        String message = Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
        if (e instanceof UnfitException) {
            return new UnusableRecordException(message, null);
        } else if (e instanceof NoSuchFileException) {
            message += " does not exist";
        } else if (e instanceof AccessDeniedException) {
            message += " may not be read";
        }
        return new StoreUnavailableException(directory + " cannot be read: " + message, e);
    }
}
