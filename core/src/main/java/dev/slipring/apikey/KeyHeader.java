package dev.slipring.apikey;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import java.util.regex.Pattern;

/** How a request names its API key: the header and the spelling of its value. Immutable. */
public final class KeyHeader {
    private static final String AUTHORIZATION = "Authorization";
    /** A token of RFC 9110, as the name of a header is one. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");

    private final String name;
    private final Spelling spelling;

    private enum Spelling {
        BEARER,
        BASIC_USER,
        PLAIN
    }

    private KeyHeader(String name, Spelling spelling) {
        this.name = name;
        this.spelling = spelling;
    }

    /** {@code Authorization: Bearer <key>}, as RFC 6750 says; OpenAI, for one. */
    public static KeyHeader bearer() {
        return new KeyHeader(AUTHORIZATION, Spelling.BEARER);
    }

    /** {@code Authorization: Basic <base64 of key and a colon>}: the key as user, no password; Stripe, for one. */
    public static KeyHeader basicUser() {
        return new KeyHeader(AUTHORIZATION, Spelling.BASIC_USER);
    }

    /**
     * {@code <name>: <key>}, such as {@code x-api-key}.
     *
     * @throws IllegalArgumentException if it is not 1 to 64 characters that may be in the name of a header
     */
    public static KeyHeader named(String name) {
        Objects.requireNonNull(name, "name");
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("the name of a header is 1 to 64 letters, digits and !#$%&'*+.^_`|~-");
        }
        return new KeyHeader(name, Spelling.PLAIN);
    }

    /** Name of the header. */
    public String name() {
        return name;
    }

    /**
     * The header's value with {@code key} in it: secret, as {@link ApiKey#revealText()} is.
     *
     * @throws IllegalStateException if the value of the key was wiped, is not visible ASCII, or has a colon where it is
     *     to be a user's name
     */
    public String reveal(ApiKey key) {
        return spelled(key.revealText(), key.toString());
    }

    /** The same for the text of what is called {@code named}. */
    String spelled(String text, String named) {
        return switch (spelling) {
            case BEARER -> "Bearer " + text;
            case BASIC_USER -> "Basic " + user(named, text);
            case PLAIN -> text;
        };
    }

    private static String user(String named, String text) {
        if (text.indexOf(':') >= 0) {
            throw new IllegalStateException(named + " has a colon, which the name of a user cannot have");
        }
        return Base64.getEncoder().encodeToString((text + ":").getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public String toString() {
        return "KeyHeader[" + name + ", " + spelling + "]";
    }
}
