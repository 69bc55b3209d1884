package dev.slipring.crypto.kek;

import dev.slipring.keyring.SecretStrength;
import dev.slipring.keyring.SecretValue;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Derives the value of a KEK, 32 bytes, from a passphrase by Argon2id version 1.3 (RFC 9106). The parameters and the
 * salt are not secret, and the caller stores both: with another salt or other parameters the value is another.
 *
 * <p>A value cannot be stronger than its passphrase: an attacker with one envelope tries passphrases for as long as he
 * likes. Take at least six words that dice chose, or a key file. Passphrases are taken as UTF-8 without
 * normalisation, so an accent typed in two ways is two passphrases.
 *
 * <p>Immutable and safe for use by several threads; each call takes the memory it is told to, on the heap.
 */
public final class Argon2id {
    /** The least memory, in KiB: 19 MiB. */
    public static final int MIN_MEMORY = 19 * 1024;

    /** The most memory, in KiB: 1 GiB. */
    public static final int MAX_MEMORY = 1024 * 1024;

    /** The least number of passes over the memory. */
    public static final int MIN_ITERATIONS = 2;

    /** The most lanes. */
    public static final int MAX_PARALLELISM = 16;

    /** The most work: memory in KiB times iterations, four passes over the most memory. */
    public static final int MAX_WORK = 4 * MAX_MEMORY;

    /** The shortest salt, in bytes. */
    public static final int MIN_SALT = 16;

    /** The shortest passphrase, in characters. */
    public static final int MIN_PASSPHRASE = 16;

    private static final int MAX_SALT = 64;
    private static final int MAX_PASSPHRASE = 1024;

    private final int memory;
    private final int iterations;
    private final int parallelism;

    private Argon2id(int memory, int iterations, int parallelism) {
        this.memory = memory;
        this.iterations = iterations;
        this.parallelism = parallelism;
    }

    /**
     * A derivation with these parameters. There are no defaults, since a value must outlive them; RFC 9106 recommends
     * 65536 KiB, 3 and 4 where 2 GiB are too much.
     *
     * @param memory in KiB, {@link #MIN_MEMORY} to {@link #MAX_MEMORY}
     * @param iterations from {@link #MIN_ITERATIONS}, as far as {@link #MAX_WORK} allows
     * @param parallelism 1 to {@link #MAX_PARALLELISM} lanes, which are computed by one thread here
     * @return the derivation
     * @throws IllegalArgumentException if a parameter is out of its bounds, naming it
     */
    public static Argon2id of(int memory, int iterations, int parallelism) {
        require("memory in KiB", memory, MIN_MEMORY, MAX_MEMORY);
        require("iterations", iterations, MIN_ITERATIONS, MAX_WORK / memory);
        require("parallelism", parallelism, 1, MAX_PARALLELISM);
        return new Argon2id(memory, iterations, parallelism);
    }

    /**
     * The value that {@code passphrase} stands for.
     *
     * @param passphrase at least {@link #MIN_PASSPHRASE} characters; stays the caller's, who wipes it
     * @param salt {@link #MIN_SALT} to 64 random bytes, stored by the caller
     * @return a value, which the caller wipes
     * @throws IllegalArgumentException if the passphrase is short, longer than 1024 characters, no Unicode text, one
     *     pattern repeated or a published sample, or the salt is out of its bounds
     */
    public SecretValue derive(char[] passphrase, byte[] salt) {
        require("characters of a passphrase", passphrase.length, MIN_PASSPHRASE, MAX_PASSPHRASE);
        require("bytes of a salt", salt.length, MIN_SALT, MAX_SALT);
        byte[] text = utf8(passphrase);
        byte[] value = new byte[KeyMaterial.LENGTH];
        try {
            requireUnpublished(text);
            fill(
                    new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                            .withMemoryAsKB(memory)
                            .withIterations(iterations)
                            .withParallelism(parallelism)
                            .withSalt(salt)
                            .build(),
                    text,
                    value);
            return SecretValue.copyOf(value);
        } finally {
            Arrays.fill(text, (byte) 0);
            Arrays.fill(value, (byte) 0);
        }
    }

    int memory() {
        return memory;
    }

    int iterations() {
        return iterations;
    }

    int parallelism() {
        return parallelism;
    }

    /** Writes to {@code value} what {@code password} gives under any parameters at all. */
    static void fill(Argon2Parameters parameters, byte[] password, byte[] value) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(parameters);
        generator.generateBytes(password, value);
    }

    @Override
    public String toString() {
        return "Argon2id[" + memory + " KiB, iterations " + iterations + ", parallelism " + parallelism + "]";
    }

    private static void require(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("Argon2id: " + value + " " + what + ", not " + least + " to " + most);
        }
    }

    private static void requireUnpublished(byte[] text) {
        SecretValue passphrase = SecretValue.copyOf(text);
        try {
            Optional<String> flaw = SecretStrength.flaw(passphrase);
            if (flaw.isPresent()) {
                throw new IllegalArgumentException("Argon2id: the passphrase " + flaw.get());
            }
        } finally {
            passphrase.wipe();
        }
    }

    private static byte[] utf8(char[] passphrase) {
        CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
        byte[] longest = new byte[(int) (encoder.maxBytesPerChar() * passphrase.length)];
        try {
            ByteBuffer out = ByteBuffer.wrap(longest);
            if (encoder.encode(CharBuffer.wrap(passphrase), out, true).isError()) {
                throw new IllegalArgumentException("Argon2id: the passphrase holds an unpaired surrogate");
            }
            return Arrays.copyOf(longest, out.position());
        } finally {
            Arrays.fill(longest, (byte) 0);
        }
    }
}
