package dev.slipring.examples.cli;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/** Commands on a store of files. */
class FileStoreCommandsTest extends StoreCommandsContract {
    private Path place;

    @Override
    void open() {
        place = directory.resolve("store");
    }

    @Override
    void readOnly() throws IOException {
        permit("r-x------");
        assumeFalse(Files.isWritable(place), "whoever runs this may write everywhere");
    }

    @Override
    void goAway() throws IOException {
        Files.move(place, directory.resolve("elsewhere"));
        Files.writeString(place, "no directory");
    }

    @Override
    Set<String> credentials() {
        return Set.of();
    }

    @AfterEach
    void permitAgain() throws IOException {
        if (Files.isDirectory(place)) {
            permit("rwx------");
        }
    }

    private void permit(String permissions) throws IOException {
        try (Stream<Path> all = Files.walk(place)) {
            for (Path path : all.filter(Files::isDirectory).toList()) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
            }
        }
    }
}
