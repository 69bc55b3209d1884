package dev.slipring.session;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name and the attributes of a cookie, which browsers do not send back: whoever sets a cookie again needs them.
 * Unless told otherwise a cookie is {@code Secure}, {@code HttpOnly}, {@code SameSite=Lax}, for the whole host
 * ({@code Path=/} and no {@code Domain}), and kept as long as its token lives. Follows RFC 6265 and the prefixes of its
 * revision, which browsers compare without regard to case. Immutable and safe for use by several threads.
 */
public final class SessionCookie {
    /** Longest name and value together that browsers keep, in characters. */
    static final int MAX_LENGTH = 4096;

    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern PATH = Pattern.compile("/[\\x20-\\x3A\\x3C-\\x7E]*");
    private static final Pattern DOMAIN = Pattern.compile("[0-9A-Za-z]([0-9A-Za-z.-]*[0-9A-Za-z])?");
    private static final int MAX_ATTRIBUTE = 1024;

    private final String name;
    private final String attributes;
    private final boolean kept;

    private SessionCookie(String name, String attributes, boolean kept) {
        this.name = name;
        this.attributes = attributes;
        this.kept = kept;
    }

    /** Whether a browser sends the cookie along with requests that another site causes. */
    public enum SameSite {
        /** Not even when a link is followed. */
        STRICT("Strict"),
        /** Only when a link is followed. */
        LAX("Lax"),
        /** Always. */
        NONE("None");

        private final String spelling;

        SameSite(String spelling) {
            this.spelling = spelling;
        }
    }

    /**
     * Prepares the attributes of the cookie {@code name}.
     *
     * @param name a token of RFC 6265, such as {@code __Host-sid}
     * @return a builder with the attributes that are usual for a session
     * @throws IllegalArgumentException if the name is empty or has a character that is not allowed
     */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /**
     * Name of the cookie.
     *
     * @return a token of RFC 6265
     */
    public String name() {
        return name;
    }

    /**
     * The cookie that goes with this one: of the same attributes, and of a name that begins with this one's.
     *
     * @param suffix what its name ends with, such as {@code .sig}
     * @return another cookie
     * @throws IllegalArgumentException if the suffix does not begin with a dot or has a character that is not allowed
     */
    public SessionCookie suffixed(String suffix) {
        // Behind a dot nothing completes the prefix of a name, whose rules these attributes may not keep.
        if (!suffix.startsWith(".") || !TOKEN.matcher(suffix).matches()) {
            throw new IllegalArgumentException("cookie " + name + ": a suffix of " + suffix.length()
                    + " characters is not a dot and what a name may have");
        }
        return new SessionCookie(name + suffix, attributes, kept);
    }

    /**
     * What a {@code Set-Cookie} header says to set the cookie.
     *
     * @param value goes out as it is: letters, digits and punctuation without blanks, quotes, commas, semicolons and
     *     backslashes
     * @param life how long it is kept; rounded up to whole seconds
     * @return the header's value
     * @throws IllegalArgumentException if the value has a character that is not allowed
     */
    public String set(String value, Duration life) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c >= 0x7F || c == '"' || c == ',' || c == ';' || c == '\\') {
                throw new IllegalArgumentException(
                        "cookie " + name + ": the character at index " + i + " of its value is not allowed");
            }
        }
        String age = "; Max-Age=" + Math.max(0, life.plusNanos(999_999_999).toSeconds());
        return name + "=" + value + (kept ? age : "") + attributes;
    }

    /**
     * What a {@code Set-Cookie} header says to end the cookie. To be sent only where somebody asked for the end of the
     * session, never because a token was rejected.
     *
     * @return the header's value
     */
    public String end() {
        return name + "=; Max-Age=0" + attributes;
    }

    @Override
    public String toString() {
        return "SessionCookie[" + name + attributes + "]";
    }

    /** Collects what a {@link SessionCookie} is made of. Not thread-safe. */
    public static final class Builder {
        private final String name;
        private String path = "/";
        private @Nullable String domain;
        private SameSite sameSite = SameSite.LAX;
        private boolean secure = true;
        private boolean httpOnly = true;
        private boolean partitioned;
        private boolean kept = true;

        private Builder(String name) {
            if (!TOKEN.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "a cookie name of " + name.length() + " characters is not a token of RFC 6265: one or more of"
                                + " letters, digits and ! # $ % & ' * + - . ^ _ ` | ~");
            }
            this.name = name;
        }

        /**
         * The path below which the cookie is sent; {@code /} unless told.
         *
         * @param value begins with a slash; printable ASCII without semicolons, at most 1 024 characters
         * @return this builder
         * @throws IllegalArgumentException if it is none
         */
        public Builder path(String value) {
            if (value.length() > MAX_ATTRIBUTE || !PATH.matcher(value).matches()) {
                throw new IllegalArgumentException("cookie " + name + ": a path begins with a slash and has at most "
                        + MAX_ATTRIBUTE + " characters of printable ASCII, none of them a semicolon");
            }
            path = value;
            return this;
        }

        /**
         * The domain whose hosts all get the cookie; only the host that sets it unless told.
         *
         * @param value a host name without a leading dot, at most 253 characters
         * @return this builder
         * @throws IllegalArgumentException if it is none
         */
        public Builder domain(String value) {
            if (value.length() > 253 || !DOMAIN.matcher(value).matches()) {
                throw new IllegalArgumentException(
                        "cookie " + name + ": a domain has letters, digits, dots and hyphens, and no dot at its ends");
            }
            domain = value;
            return this;
        }

        /**
         * Whether the cookie goes along with requests that another site causes; {@link SameSite#LAX} unless told.
         *
         * @param value {@link SameSite#NONE} needs a secure cookie
         * @return this builder
         */
        public Builder sameSite(SameSite value) {
            sameSite = Objects.requireNonNull(value, "sameSite");
            return this;
        }

        /**
         * Lets the cookie travel without TLS, where everybody on the way can read it.
         *
         * @return this builder
         */
        public Builder insecure() {
            secure = false;
            return this;
        }

        /**
         * Lets scripts of the page read the cookie.
         *
         * @return this builder
         */
        public Builder scriptReadable() {
            httpOnly = false;
            return this;
        }

        /**
         * Keeps a cookie of its own for each site in which the page is embedded.
         *
         * @return this builder
         */
        public Builder partitioned() {
            partitioned = true;
            return this;
        }

        /**
         * Leaves it to the browser to forget the cookie when it is closed, instead of telling how long it lives.
         *
         * @return this builder
         */
        public Builder untilBrowserCloses() {
            kept = false;
            return this;
        }

        /**
         * The cookie.
         *
         * @return name and attributes
         * @throws IllegalArgumentException if a browser would not take such a cookie: a name with {@code __Secure-},
         *     {@code __Host-}, {@code __Http-} or {@code __Host-Http-} whose promise the attributes do not keep, or
         *     {@code SameSite=None} or {@code Partitioned} without {@code Secure}
         */
        public SessionCookie build() {
            String prefix = name.toLowerCase(Locale.ROOT);
            boolean host = prefix.startsWith("__host-");
            boolean http = prefix.startsWith("__http-") || prefix.startsWith("__host-http-");
            require(secure, host || http || prefix.startsWith("__secure-"), "its prefix asks for a secure cookie");
            require(httpOnly, http, "its prefix asks for a cookie that scripts cannot read");
            require(path.equals("/"), host, "its prefix asks for the path /");
            require(domain == null, host, "its prefix allows no domain");
            require(secure, sameSite == SameSite.NONE, "SameSite=None asks for a secure cookie");
            require(secure, partitioned, "Partitioned asks for a secure cookie");
            StringBuilder attributes = new StringBuilder("; Path=").append(path);
            if (domain != null) {
                attributes.append("; Domain=").append(domain);
            }
            attributes.append(secure ? "; Secure" : "").append(httpOnly ? "; HttpOnly" : "");
            attributes.append("; SameSite=").append(sameSite.spelling).append(partitioned ? "; Partitioned" : "");
            return new SessionCookie(name, attributes.toString(), kept);
        }

        private void require(boolean kept, boolean asked, String rule) {
            if (asked && !kept) {
                throw new IllegalArgumentException("cookie " + name + ": " + rule + "; browsers would not take it");
            }
        }
    }
}
