package dev.slipring.guard;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.slipring.keyring.Hkdf;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretStrength;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells whether another environment has a value too, without either showing it.
 *
 * <p>All environments share a guard key, which grants nothing else. The tag of a value is the first 16 bytes of its
 * HMAC-SHA-256 under that key. Each environment writes down the tags of its values
 * ({@code Slipring.environmentTags()}), an operator carries the file to the others, and each finds its own values among
 * them. Who lacks the guard key learns from a file which tags are equal, and nothing of a value, however weak: he cannot
 * try one. Who has both the key and a file can try weak values; so the key is kept as a secret.
 *
 * <pre>
 * line = environment " " secret " " version " " tag        the tag in 32 lower-case hexadecimal digits; # begins a comment
 * </pre>
 *
 * <p>Safe for use by several threads. Keeps its own copy of the key until it is {@linkplain #close() closed}.
 */
public final class EnvironmentTags implements AutoCloseable {
    private static final int TAG_LENGTH = 16;
    private static final int LEAST_KEY = 32;
    private static final byte[] CONTEXT = "slipring/environment-tag/1\0".getBytes(US_ASCII);
    private static final Pattern LINE = Pattern.compile("([A-Z]+) ([!-~]+) ([1-9][0-9]{0,9}) ([0-9a-f]{32})");

    private final SecretValue key;
    private final Map<String, List<Owner>> owners = new HashMap<>();

    private record Owner(Environment environment, String named) {}

    private EnvironmentTags(SecretValue key) {
        this.key = key;
    }

    /**
     * The tags under {@code key}, and those that other environments have written into {@code files}.
     *
     * @param key at least 32 bytes, the same in every environment; stays the caller's, who wipes it
     * @throws IllegalArgumentException if the key is too short or no secret, or a line is not a tag; the message names
     *     the file and the line
     * @throws UncheckedIOException if a file cannot be read
     */
    public static EnvironmentTags of(SecretValue key, Path... files) {
        if (key.length() < LEAST_KEY) {
            throw new IllegalArgumentException("a guard key has at least " + LEAST_KEY + " bytes, not " + key.length());
        }
        SecretStrength.flaw(key).ifPresent(flaw -> {
            throw new IllegalArgumentException("the guard key " + flaw);
        });
        if (!key.<Boolean>reveal(bytes -> Randomness.mayHold(bytes, GuardRails.OFFLINE_BITS))) {
            throw new IllegalArgumentException("the guard key is not random: every tag could be tried out");
        }
        EnvironmentTags tags = new EnvironmentTags(key.copy());
        try {
            for (Path file : files) {
                tags.read(file);
            }
            return tags;
        } catch (RuntimeException e) {
            tags.close();
            throw e;
        }
    }

    /**
     * The same with the key from {@code keyFile}: its bytes but for one line feed at the end, as
     * {@code openssl rand -hex 32} writes them.
     *
     * @throws IllegalArgumentException as {@link #of}
     * @throws UncheckedIOException if a file cannot be read
     */
    public static EnvironmentTags read(Path keyFile, Path... files) {
        byte[] bytes = {};
        byte[] bare = {};
        try {
            bytes = Files.readAllBytes(keyFile);
            boolean newline = bytes.length > 0 && bytes[bytes.length - 1] == '\n';
            bare = Arrays.copyOf(bytes, bytes.length - (newline ? 1 : 0));
            SecretValue key = SecretValue.copyOf(bare);
            try {
                return of(key, files);
            } finally {
                key.wipe();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the guard key " + keyFile, e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
            Arrays.fill(bare, (byte) 0);
        }
    }

    /** The line by which the other environments find {@code value} in theirs. */
    public String line(Environment environment, SecretName secret, int version, SecretValue value) {
        if (environment == Environment.UNDECLARED) {
            throw new IllegalArgumentException("a tag is of a declared environment");
        }
        return environment + " " + secret + " " + version + " " + tag(value);
    }

    /** Which environment other than {@code own} has {@code value} too, and as what. */
    public Optional<String> elsewhere(Environment own, SecretValue value) {
        Objects.requireNonNull(own, "own");
        return owners.getOrDefault(tag(value), List.of()).stream()
                .filter(owner -> owner.environment != own)
                .map(Owner::named)
                .findFirst();
    }

    /** Wipes the key: nothing can be tagged any more. */
    @Override
    public void close() {
        key.wipe();
    }

    /** HKDF-Extract is HMAC: the key takes the place of the salt. */
    private String tag(SecretValue value) {
        byte[] mac = value.reveal(bytes -> {
            byte[] message = Arrays.copyOf(CONTEXT, CONTEXT.length + bytes.length);
            System.arraycopy(bytes, 0, message, CONTEXT.length, bytes.length);
            try {
                return key.reveal(k -> Hkdf.SHA256.extract(k, message));
            } finally {
                Arrays.fill(message, (byte) 0);
            }
        });
        return HexFormat.of().formatHex(mac, 0, TAG_LENGTH);
    }

    private void read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the tags of " + file, e);
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && line.charAt(0) != '#') {
                add(line, file, i + 1);
            }
        }
    }

    private void add(String line, Path file, int number) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    file + ", line " + number + ": not a tag"); // may be a secret: not quoted
        }
        Environment environment;
        try {
            environment = Environment.valueOf(parts.group(1));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ", line " + number + ": no such environment", e);
        }
        String named = environment + ", as version " + parts.group(3) + " of secret " + parts.group(2);
        owners.computeIfAbsent(parts.group(4), tag -> new ArrayList<>()).add(new Owner(environment, named));
    }
}
