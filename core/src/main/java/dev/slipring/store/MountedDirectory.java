package dev.slipring.store;

import dev.slipring.keyring.RotatingSecret.Subscription;
import dev.slipring.keyring.SecretValue;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A secret in files that something else replaces: a volume of Kubernetes or of the CSI driver, what Vault's agent
 * writes, a directory that an operator fills.
 *
 * <p>Where the directory has a link {@code ..data}, as those volumes have, it is resolved once per look and all files
 * are read behind it, so that a user is never seen with another one's password. Without such a link the files are read
 * and looked at again, until nothing has changed meanwhile; then each file must be replaced by renaming another one
 * over it. Two files that are renamed one after the other do disagree for that moment, whatever a reader does: write a
 * login as one document there, for {@link Builder#document}. Mounts of a single file (a {@code subPath}) are never
 * updated.
 *
 * <p>Nothing is held between looks. Safe for use by several threads. With {@link Builder#watching} the directory is
 * watched by one daemon thread for each subscriber, until it unsubscribes.
 */
public final class MountedDirectory implements ForeignSecret {
    /** The longest value, and a line end. */
    private static final int LONGEST = SecretValue.MAX_LENGTH + 2;

    private final MountedFiles files;
    private final List<String> names;
    private final Function<List<byte[]>, SecretValue> form;
    private final boolean watching;

    private MountedDirectory(Builder builder, List<String> names, Function<List<byte[]>, SecretValue> form) {
        this.files = new MountedFiles(builder.directory, LONGEST);
        this.names = names;
        this.form = form;
        this.watching = builder.watching;
    }

    /**
     * Reads from {@code directory}, which need not exist yet.
     *
     * @param newline what becomes of a line end at the end of a file that holds a value, a user or a password
     */
    public static Builder builder(Path directory, TrailingNewline newline) {
        return new Builder(directory, newline);
    }

    /**
     * {@inheritDoc}
     *
     * @throws StoreUnavailableException if a file is missing, cannot be read, or changes whenever it is read
     * @throws UnusableRecordException if a file is empty, longer than 48 KiB or no regular file, or what it holds is no
     *     value
     */
    @Override
    public Sighting look() {
        List<byte[]> contents = files.read(names);
        try {
            return Sighting.of(form.apply(contents));
        } catch (UnusableRecordException e) {
            throw new UnusableRecordException(this + ": " + e.getMessage(), null);
        } catch (RuntimeException e) { // without the cause, which may quote what was read
            throw new UnusableRecordException(
                    this + " holds no value: " + e.getClass().getSimpleName(), null);
        } finally {
            contents.forEach(bytes -> Arrays.fill(bytes, (byte) 0));
        }
    }

    @Override
    public Subscription onChange(Runnable changed) {
        return watching ? DirectoryWatch.of(files.directory(), changed) : () -> {};
    }

    /** The directory and the names of the files. */
    @Override
    public String toString() {
        return "MountedDirectory[" + files.directory() + " " + String.join(", ", names) + "]";
    }

    /** Says which files make a value, and how. Not thread-safe. */
    public static final class Builder {
        private final Path directory;
        private final TrailingNewline newline;
        private boolean watching;
        private @Nullable List<String> names;
        private @Nullable Function<List<byte[]>, SecretValue> form;

        private Builder(Path directory, TrailingNewline newline) {
            this.directory = Objects.requireNonNull(directory, "directory");
            this.newline = Objects.requireNonNull(newline, "newline");
        }

        /**
         * The value is what the file {@code name} holds.
         *
         * @throws IllegalArgumentException if the name is not that of a file in the directory
         */
        public Builder value(String name) {
            return made(List.of(name), contents -> trimmed(contents.get(0), SecretValue::copyOf));
        }

        /**
         * The value is what {@code parser} finds in the file {@code name}, which it is given as it stands.
         *
         * @throws IllegalArgumentException if the name is not that of a file in the directory
         */
        public Builder document(String name, ValueParser parser) {
            Objects.requireNonNull(parser, "parser");
            return made(List.of(name), contents -> parser.parse(contents.get(0)));
        }

        /**
         * The value is the login whose user and password two files hold, in UTF-8.
         *
         * @throws IllegalArgumentException if a name is not that of a file in the directory
         */
        public Builder login(String user, String password, LoginEncoding encoding) {
            Objects.requireNonNull(encoding, "encoding");
            return made(List.of(user, password), contents -> {
                String name = trimmed(contents.get(0), bytes -> text(user, bytes));
                return trimmed(contents.get(1), bytes -> encoding.encode(name, bytes));
            });
        }

        /** Watches the directory, so that a change is seen at once and not only at the next refresh. */
        public Builder watching() {
            watching = true;
            return this;
        }

        /**
         * The secret; nothing is read yet.
         *
         * @throws IllegalStateException if nothing says which files make the value
         */
        public MountedDirectory build() {
            if (names == null || form == null) {
                throw new IllegalStateException("none of value, document and login was called");
            }
            return new MountedDirectory(this, names, form);
        }

        private Builder made(List<String> of, Function<List<byte[]>, SecretValue> how) {
            of.forEach(Builder::refuseElsewhere);
            names = of;
            form = how;
            return this;
        }

        private static void refuseElsewhere(String name) {
            if (name.isEmpty()
                    || name.startsWith("..")
                    || name.equals(".")
                    || name.chars().anyMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c))) {
                throw new IllegalArgumentException("the name of a mounted file is empty, begins with '..', or holds a"
                        + " slash, a backslash or a control character");
            }
        }

        private <T> T trimmed(byte[] content, Function<byte[], T> use) {
            int length = content.length;
            if (newline == TrailingNewline.DROP && length > 0 && content[length - 1] == '\n') {
                length--;
                if (length > 0 && content[length - 1] == '\r') {
                    length--;
                }
            }
            byte[] kept = Arrays.copyOf(content, length);
            try {
                return use.apply(kept);
            } finally {
                Arrays.fill(kept, (byte) 0);
            }
        }

        private static String text(String file, byte[] bytes) {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new UnusableRecordException("the file " + file + " is not UTF-8", null);
            }
        }
    }
}
