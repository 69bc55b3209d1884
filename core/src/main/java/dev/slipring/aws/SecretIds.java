package dev.slipring.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.keyring.SecretName;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** How secrets, their versions and their labels are called, all below one prefix. Immutable. */
final class SecretIds {
    /** The label of the version that plain readers see. */
    static final String CURRENT = "AWSCURRENT";

    /** The label of the version that was current before. */
    static final String PREVIOUS = "AWSPREVIOUS";

    /** The label of the version that is to become it. */
    static final String PENDING = "AWSPENDING";

    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_+=.@-]+(?:/[A-Za-z0-9_+=.@-]+)*");
    private static final int LONGEST = 256;
    private static final String RECORD = "/slipring-record";
    private static final String LABEL = "slipring-";

    private final String prefix;

    /**
     * Names below {@code prefix}.
     *
     * @throws IllegalArgumentException if no secret can be called so
     */
    SecretIds(String prefix) {
        if (prefix.length() > LONGEST || !PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "the prefix of a store is not made of letters, digits, and _+=.@-, in one"
                            + " step or several with slashes between them, or longer than " + LONGEST);
        }
        this.prefix = prefix;
    }

    /** What every name here begins with. */
    String folder() {
        return prefix + "/";
    }

    /** The secret that has the values, and that plain readers read. */
    String values(SecretName secret) {
        return folder() + secret;
    }

    /** The secret that has the record. */
    String record(SecretName secret) {
        return values(secret) + RECORD;
    }

    /** The secret whose record is the one called {@code id}, if it is one. */
    Optional<SecretName> ofRecord(String id) {
        return Optional.of(id)
                .filter(name -> name.startsWith(folder()) && name.endsWith(RECORD))
                .filter(name -> name.length() > folder().length() + RECORD.length())
                .map(name -> name.substring(folder().length(), name.length() - RECORD.length()))
                .filter(SecretName::isLegal)
                .map(SecretName::of);
    }

    /** The secret that has the key of fingerprints; with its slash, no secret's own name. */
    String installation() {
        return folder() + "slipring/installation";
    }

    /** The label that keeps the value of a version, and says that it is not erased. */
    static String label(int version) {
        return LABEL + version;
    }

    /** The number that {@code label} keeps, if it keeps one. */
    static Optional<Integer> number(String label) {
        return Optional.of(label)
                .filter(text -> text.matches(LABEL + "[1-9][0-9]{0,8}"))
                .map(text -> Integer.valueOf(text.substring(LABEL.length())));
    }

    /** The identifier of the version that has this value: the same for all who put it. */
    static String version(SecretName secret, int version) {
        return uuid("value " + secret + " " + version);
    }

    /** The identifier of the first version of the secret called {@code name}. */
    static String first(String name) {
        return uuid("first " + name);
    }

    /** The identifier of whatever replaces the version {@code id} of the secret called {@code name}. */
    static String after(String name, String id) {
        return uuid("after " + name + " " + id);
    }

    /** Not {@link UUID#nameUUIDFromBytes}: that needs MD5, which not every provider has. */
    private static String uuid(String text) {
        try {
            ByteBuffer digest =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
            return new UUID(digest.getLong(), digest.getLong()).toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return prefix;
    }
}
