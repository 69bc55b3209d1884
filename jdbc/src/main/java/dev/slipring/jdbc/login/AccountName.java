package dev.slipring.jdbc.login;

import java.nio.charset.StandardCharsets;

/**
 * A name of MariaDB's and MySQL's: of an account, which is a user at a host, or of a role. Quoted with backticks, which
 * mean the same in every SQL mode.
 *
 * @param host pattern of the hosts that the user may come from; empty for a role of MariaDB's
 */
record AccountName(String user, String host) {
    /** MariaDB allows this much; MySQL has 32 characters and refuses more. */
    static final int MAX_USER = 128;

    static final int MAX_HOST = 60;

    /** @throws IllegalArgumentException if a part cannot be quoted without doubt */
    AccountName {
        check(user, MAX_USER, "user or role");
        if (!host.isEmpty()) {
            check(host, MAX_HOST, "host");
        }
    }

    static AccountName role(String name) {
        return new AccountName(name, "");
    }

    String quoted() {
        return host.isEmpty() ? quoted(user) : quoted(user) + "@" + quoted(host);
    }

    /** The name as the servers print it, such as {@code app@%}. */
    @Override
    public String toString() {
        return host.isEmpty() ? user : user + "@" + host;
    }

    /** The servers cut names at spaces, and know no characters beyond the basic plane in them. */
    private static void check(String part, int longest, String what) {
        boolean encodable = StandardCharsets.UTF_8.newEncoder().canEncode(part);
        boolean plain = part.chars().noneMatch(c -> Character.isISOControl(c) || Character.isSurrogate((char) c));
        if (part.isEmpty() || !part.equals(part.strip()) || !encodable || !plain) {
            throw new IllegalArgumentException("the name of a " + what + " is empty, begins or ends with a space, or"
                    + " holds a control character or one beyond the basic plane");
        }
        if (part.length() > longest) {
            throw new IllegalArgumentException("the name " + part + " of a " + what + " has " + part.length()
                    + " characters; " + longest + " are allowed");
        }
    }

    private static String quoted(String part) {
        return '`' + part.replace("`", "``") + '`';
    }
}
