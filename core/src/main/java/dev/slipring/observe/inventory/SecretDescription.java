package dev.slipring.observe.inventory;

import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * What an application says of a secret to the people who look after it: who owns it, and where the procedure is written
 * down. Metadata only; it appears in inventories as it is. Immutable.
 */
public final class SecretDescription {
    /** Of a secret of which nothing was said. */
    public static final SecretDescription NONE = builder().build();

    private static final int LONGEST_OWNER = 200;
    private static final int LONGEST_PROCEDURE = 2000;

    private final Optional<String> owner;
    private final Optional<URI> procedure;

    private SecretDescription(Builder builder) {
        owner = builder.owner;
        procedure = builder.procedure;
    }

    /** Prepares a description that says nothing yet. */
    public static Builder builder() {
        return new Builder();
    }

    /** The team or person that answers for the secret. */
    public Optional<String> owner() {
        return owner;
    }

    /** Where the procedure for the secret is to be read: an absolute address by HTTP. */
    public Optional<URI> procedure() {
        return procedure;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SecretDescription that && owner.equals(that.owner) && procedure.equals(that.procedure);
    }

    @Override
    public int hashCode() {
        return Objects.hash(owner, procedure);
    }

    @Override
    public String toString() {
        return "SecretDescription[owner=" + owner.orElse("") + ", procedure="
                + procedure.map(URI::toString).orElse("") + "]";
    }

    /** Collects a description. Not thread-safe. */
    public static final class Builder {
        private Optional<String> owner = Optional.empty();
        private Optional<URI> procedure = Optional.empty();

        private Builder() {}

        /**
         * The team or person that answers for the secret.
         *
         * @throws IllegalArgumentException if it is blank, longer than 200 characters, or has characters that cannot be
         *     shown, such as line breaks
         */
        public Builder owner(String value) {
            if (value.isBlank()
                    || value.length() > LONGEST_OWNER
                    || !Printable.of(value).equals(value)) {
                throw new IllegalArgumentException(
                        "an owner is 1 to " + LONGEST_OWNER + " characters that can be shown, not all of them blanks");
            }
            owner = Optional.of(value);
            return this;
        }

        /**
         * Where the procedure for the secret is to be read. People will follow it from a page, so it can be nothing but
         * an address of a document.
         *
         * @throws IllegalArgumentException if it is not an absolute address by http or https, is longer than 2,000
         *     characters, or holds a user or password
         */
        public Builder procedure(URI value) {
            String scheme = String.valueOf(value.getScheme()).toLowerCase(Locale.ROOT);
            boolean web = scheme.equals("https") || scheme.equals("http");
            if (!web || value.getHost() == null || value.toString().length() > LONGEST_PROCEDURE) {
                throw new IllegalArgumentException("a procedure is an absolute http or https address of at most "
                        + LONGEST_PROCEDURE + " characters");
            }
            if (value.getRawUserInfo() != null) {
                throw new IllegalArgumentException("the address of a procedure holds no user and no password");
            }
            procedure = Optional.of(value);
            return this;
        }

        /** The description. */
        public SecretDescription build() {
            return new SecretDescription(this);
        }
    }
}
