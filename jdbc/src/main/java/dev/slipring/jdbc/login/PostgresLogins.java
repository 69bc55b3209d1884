package dev.slipring.jdbc.login;

import java.util.regex.Pattern;

/**
 * The ways to rotate a PostgreSQL login.
 *
 * <p>The server sees SCRAM-SHA-256 verifiers, never a password. Each change is one transaction in which the role's
 * owner is compared, and no rotator needs a superuser: see {@link LoginIssuer#setupSql()}. Open sessions always
 * live on.
 */
public final class PostgresLogins {
    private static final Pattern OWNER_SUFFIX = Pattern.compile("_owner$");

    private PostgresLogins() {}

    /**
     * Two logins that take turns: the one to choose. Both are members of {@code ownerRole}, which holds every right
     * and which each session assumes, so that whatever one login makes the other can use. Each login gets the
     * settings of the one before it, which the rotator must be allowed to set. A role is known by its comment
     * {@code slipring:<secret>:<version>:<rotation id>}. Retiring sets NOLOGIN; disposing takes the password away.
     *
     * @param admin connections of the rotator role
     */
    public static LoginIssuer.Builder alternating(ConnectionSource admin, String ownerRole) {
        return new LoginIssuer.Builder(admin, builder -> new PostgresAlternating(builder, ownerRole))
                .alternating(stem(ownerRole));
    }

    /**
     * A login for each version, {@code app_<version>_<rotation id>} for the owner role {@code app_owner}, otherwise as
     * {@link #alternating}. Retiring sets NOLOGIN; disposing gives what the login owns to the owner role, takes
     * its rights away and drops it. Nothing remembers a dropped login, so an install that comes after that makes an
     * orphan, which the next rotation's sweep sets NOLOGIN.
     *
     * @param admin connections of the rotator role
     */
    public static LoginIssuer.Builder throwAway(ConnectionSource admin, String ownerRole) {
        return new LoginIssuer.Builder(admin, builder -> new PostgresThrowAway(builder, ownerRole, stem(ownerRole)))
                .many();
    }

    /**
     * One login that keeps its name and has one password at a time: installing is the switch, and clients bridge the
     * gap by trying the pending value. Its owner is kept in the role's own setting {@code slipring.login}, so that
     * a role may rotate itself; that needs PostgreSQL 15 or later. Revoking the version that is installed takes its
     * password away.
     *
     * @param admin connections of the rotator role, or of {@code user} itself
     */
    public static LoginIssuer.Builder singleUser(ConnectionSource admin, String user) {
        return new LoginIssuer.Builder(admin, builder -> new PostgresSingleUser(builder, user));
    }

    private static String stem(String ownerRole) {
        return OWNER_SUFFIX.matcher(ownerRole).replaceFirst("");
    }
}
