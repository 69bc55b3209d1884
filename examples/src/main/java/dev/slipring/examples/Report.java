package dev.slipring.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file that the page goes to; found out to be usable before the run, not after it. */
record Report(Path path) {

    /** @throws CannotRunException if nothing can be written there */
    static Report at(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        Path directory = absolute.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw unwritable(absolute, "its directory does not exist");
        }
        if (!Files.isWritable(directory)) {
            throw unwritable(absolute, "its directory is not writable");
        }
        if (Files.isDirectory(absolute)) {
            throw unwritable(absolute, "it is a directory");
        }
        if (Files.exists(absolute) && !Files.isWritable(absolute)) {
            throw unwritable(absolute, "it may not be overwritten");
        }
        return new Report(absolute);
    }

    /** @throws CannotRunException if the page could not be written */
    void write(String page) {
        try {
            Files.writeString(path, page);
        } catch (IOException e) {
            throw new CannotRunException("the report " + path + " could not be written: " + e, e);
        }
    }

    private static CannotRunException unwritable(Path path, String why) {
        return new CannotRunException("the report " + path + " cannot be written: " + why);
    }
}
