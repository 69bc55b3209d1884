package dev.slipring.crypto;

import dev.slipring.keyring.SecretValue;
import dev.slipring.store.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Root keys in files that only their owner may read. Stateless. */
final class RootKeyFiles {
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");

    private RootKeyFiles() {}

    /** One file, the version 1. */
    record Single(Path file) implements RootVersions.Place {
        @Override
        public RootVersions read() {
            return access(file, () -> RootVersions.owning(file.toString(), Map.of(1, key(file)), ""));
        }
    }

    /** A directory of files that are named by their version's number, and {@code seals}. */
    record Numbered(Path directory) implements RootVersions.Place {
        @Override
        public RootVersions read() {
            return access(directory, () -> {
                Path swapped = directory.resolve("..data");
                Path whole = Files.exists(swapped) ? swapped.toRealPath() : directory;
                Path seals = whole.resolve("seals");
                return RootVersions.owning(
                        directory.toString(), keys(whole), Files.exists(seals) ? Files.readString(seals) : "");
            });
        }
    }

    private static Map<Integer, SecretValue> keys(Path directory) throws IOException {
        Map<Integer, SecretValue> keys = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (RootVersions.NUMBER.matcher(name).matches()) {
                    keys.put(Integer.valueOf(name), key(file));
                }
            }
        } catch (DirectoryIteratorException e) {
            keys.values().forEach(SecretValue::wipe);
            throw e.getCause();
        } catch (IOException | RuntimeException e) {
            keys.values().forEach(SecretValue::wipe);
            throw e;
        }
        return keys;
    }

    private static SecretValue key(Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
            if (!PRIVATE.containsAll(mode)) {
                throw new StoreUnavailableException(
                        "others may access " + file + " (" + PosixFilePermissions.toString(mode)
                                + "); it must be for its owner only",
                        null);
            }
        }
        return RootVersions.ofBytes(file.toString(), Files.readAllBytes(file));
    }

    private interface Access {
        RootVersions run() throws IOException;
    }

    private static RootVersions access(Path place, Access access) {
        try {
            return access.run();
        } catch (IOException e) {
            throw new StoreUnavailableException("root key " + place + " cannot be read: " + e, e);
        }
    }
}
