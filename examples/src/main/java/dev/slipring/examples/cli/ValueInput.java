package dev.slipring.examples.cli;

import dev.slipring.keyring.SecretValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the value of a secret comes from: never an argument, which everybody on the machine can see. */
final class ValueInput {
    private static final Set<PosixFilePermission> OTHERS = EnumSet.complementOf(EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE));

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "take the value from a file that only its owner may access, instead of the standard input;"
                    + " one line break at its end is left out")
    @Nullable
    Path file;

    /** The value, to be wiped by the caller. */
    SecretValue read(Surroundings around) {
        Path given = file;
        if (given != null) {
            return ofFile(given);
        }
        return around.streams().terminal()
                ? typed(around)
                : piped(around.streams().in());
    }

    /**
     * The content of a file that only its owner may access.
     *
     * @throws NotDoneException if it cannot be read, or others may access it
     */
    static SecretValue ofFile(Path path) {
        try {
            if (path.getFileSystem().supportedFileAttributeViews().contains("posix")
                    && Files.getPosixFilePermissions(path).stream().anyMatch(OTHERS::contains)) {
                throw NotDoneException.usage(path + " is open to others: only its owner may access it (chmod 600)");
            }
            try (InputStream in = Files.newInputStream(path)) {
                return bounded(in, path.toString());
            }
        } catch (IOException e) {
            throw NotDoneException.failed(
                    path + " cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }

    private static SecretValue piped(InputStream in) {
        try {
            return bounded(in, "the standard input");
        } catch (IOException e) {
            throw NotDoneException.failed("the standard input cannot be read", e);
        }
    }

    private static SecretValue typed(Surroundings around) {
        around.streams().err().print("Value (not shown): ");
        around.streams().err().flush();
        char[] typed = around.streams().hidden().read();
        around.streams().err().println();
        if (typed == null) {
            throw NotDoneException.usage("no value was given");
        }
        byte[] bytes = new byte[3 * typed.length]; // as long as UTF-8 can be
        ByteBuffer encoded = ByteBuffer.wrap(bytes);
        boolean text = !StandardCharsets.UTF_8
                .newEncoder()
                .encode(CharBuffer.wrap(typed), encoded, true)
                .isError();
        Arrays.fill(typed, '\0');
        return value(bytes, text ? encoded.position() : 0, "the terminal");
    }

    private static SecretValue bounded(InputStream in, String source) throws IOException {
        byte[] bytes = new byte[SecretValue.MAX_LENGTH + 3];
        int length = in.readNBytes(bytes, 0, bytes.length);
        if (length > 0 && bytes[length - 1] == '\n') {
            length -= length > 1 && bytes[length - 2] == '\r' ? 2 : 1;
        }
        return value(bytes, length, source);
    }

    /** Wipes {@code bytes}. */
    private static SecretValue value(byte[] bytes, int length, String source) {
        byte[] exact = Arrays.copyOf(bytes, length);
        try {
            return SecretValue.copyOf(exact);
        } catch (IllegalArgumentException e) {
            throw NotDoneException.usage(
                    length == 0
                            ? source + " holds no value"
                            : source + " holds more than " + SecretValue.MAX_LENGTH + " bytes");
        } finally {
            Arrays.fill(exact, (byte) 0);
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
