package dev.slipring.jdbc.login;

import dev.slipring.rotation.IssuerException;
import java.sql.SQLException;
import java.util.regex.Pattern;

/** Keeps what a statement held out of the exceptions that quote it. */
final class StatementText {
    /** MySQL and MariaDB quote the rest of the statement, which may be cut anywhere. */
    private static final Pattern NEAR = Pattern.compile("(?is)\\bnear '.*");

    private static final Pattern PASSWORD =
            Pattern.compile("(?is)\\b(IDENTIFIED\\s+(?:BY|VIA|WITH)\\b|PASSWORD(?=\\s+')).*");
    private static final Pattern HASH = Pattern.compile("(?i)\\*[0-9a-f]{1,40}");

    private StatementText() {}

    static String scrub(String text) {
        String bare = NEAR.matcher(ScramVerifier.scrub(text)).replaceAll("near [statement]");
        bare = PASSWORD.matcher(bare).replaceAll("$1 [withheld]");
        return HASH.matcher(bare).replaceAll("[hash]");
    }

    /** What the database said of {@code what}, scrubbed; the raw exception and whatever hangs on it stay behind. */
    static IssuerException failure(String what, SQLException e) {
        SQLException scrubbed =
                new SQLException(scrub(String.valueOf(e.getMessage())), e.getSQLState(), e.getErrorCode());
        scrubbed.setStackTrace(e.getStackTrace());
        String code = e.getErrorCode() == 0 ? "" : ", error " + e.getErrorCode();
        return new IssuerException("could not " + what + ": SQLState " + LoginFailure.stateOf(e) + code, scrubbed);
    }
}
