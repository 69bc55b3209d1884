package dev.slipring.vault;

import java.util.regex.Pattern;

/** Names that become parts of a request's path, checked so that none can lead elsewhere. Stateless. */
final class VaultPath {
    private static final int LONGEST = 256;
    private static final String NAME = "[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?";
    private static final Pattern ONE = Pattern.compile(NAME);
    private static final Pattern SEVERAL = Pattern.compile(NAME + "(?:/" + NAME + ")*");

    private VaultPath() {}

    /**
     * {@code name}, one step of a path.
     *
     * @param what says in messages what it is
     * @throws IllegalArgumentException if it is anything else
     */
    static String name(String what, String name) {
        return matching(ONE, what, name);
    }

    /**
     * {@code path} of one step or several, without slashes at its ends.
     *
     * @param what says in messages what it is
     * @throws IllegalArgumentException if it is anything else
     */
    static String path(String what, String path) {
        return matching(SEVERAL, what, path);
    }

    private static String matching(Pattern form, String what, String text) {
        if (text.length() > LONGEST || !form.matcher(text).matches()) {
            throw new IllegalArgumentException(what
                    + " is not made of letters, digits, '_', and within a name '-' and '.', or longer than " + LONGEST);
        }
        return text;
    }
}
