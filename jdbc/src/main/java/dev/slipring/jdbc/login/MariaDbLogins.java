package dev.slipring.jdbc.login;

import java.util.regex.Pattern;

/**
 * The ways to rotate a MariaDB login, 10.4 or later.
 *
 * <p>The server sees {@code mysql_native_password} hashes, never a password. Since MariaDB has no comment on a user,
 * and account statements commit by themselves, whose an account is and how far a version has come stands in the
 * rotator's own table {@code slipring.logins}, written before and after the statement that it is about; a session lock
 * keeps other rotators out meanwhile, so rotators must use one server, not several of a multi-primary cluster. Open
 * sessions always live on. An account is handed over by a row in that table: see {@link LoginIssuer#setupSql()}.
 */
public final class MariaDbLogins {
    static final Pattern ROLE_SUFFIX = Pattern.compile("_(owner|role)$");

    private MariaDbLogins() {}

    /**
     * One login that keeps its name and accepts the new password beside the old one: the way to choose. Retiring
     * leaves it the new one alone. A password that somebody else has set meanwhile is gone with the next rotation.
     *
     * @param admin connections of the rotator
     */
    public static LoginIssuer.Builder dualPassword(ConnectionSource admin, String user) {
        return new LoginIssuer.Builder(admin, builder -> MariaDbPasswords.two(builder, user)).hosts();
    }

    /**
     * Two logins that take turns, with {@code role} as their default role. An account is made locked and unlocked last.
     * Retiring locks it; disposing drops it, unless it is the definer of a routine, trigger, event or view.
     *
     * @param admin connections of the rotator
     */
    public static LoginIssuer.Builder alternating(ConnectionSource admin, String role) {
        return new LoginIssuer.Builder(admin, builder -> new AlternatingAccounts(new MariaDbDialect(), builder, role))
                .hosts()
                .alternating(ROLE_SUFFIX.matcher(role).replaceFirst(""));
    }

    /**
     * One login that keeps its name and has one password at a time: installing is the switch, and clients bridge the
     * gap by trying the pending value. Revoking the version that is installed locks the account.
     *
     * @param admin connections of the rotator
     */
    public static LoginIssuer.Builder singleUser(ConnectionSource admin, String user) {
        return new LoginIssuer.Builder(admin, builder -> MariaDbPasswords.one(builder, user)).hosts();
    }
}
