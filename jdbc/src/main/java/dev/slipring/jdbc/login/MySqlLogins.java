package dev.slipring.jdbc.login;

/**
 * The ways to rotate a MySQL login, 8.0.14 or later. <strong>Not run against a real MySQL server:</strong> the
 * statements are those of its manual, driven against a script of what it says they do.
 *
 * <p>MySQL has to be told the password: it is sent over TLS only, and refused without. Whose an account is stands in
 * the rotator's own table, as {@link MariaDbLogins} has it.
 */
public final class MySqlLogins {
    private MySqlLogins() {}

    /**
     * One login that keeps its name and accepts its old password beside the new one: the way to choose. Retiring
     * discards the old one. Needs a {@linkplain LoginIssuer.Builder#loginTest login test}.
     *
     * @param admin connections of the rotator
     */
    public static LoginIssuer.Builder dualPassword(ConnectionSource admin, String user) {
        return new LoginIssuer.Builder(admin, builder -> new MySqlDualPassword(builder, user)).hosts();
    }

    /**
     * Two logins that take turns, with {@code role} as their default role, as {@link MariaDbLogins#alternating} has
     * it.
     *
     * @param admin connections of the rotator
     */
    public static LoginIssuer.Builder alternating(ConnectionSource admin, String role) {
        return new LoginIssuer.Builder(admin, builder -> new AlternatingAccounts(new MySqlDialect(), builder, role))
                .hosts()
                .alternating(MariaDbLogins.ROLE_SUFFIX.matcher(role).replaceFirst(""));
    }
}
