package dev.slipring.jdbc;

import dev.slipring.jdbc.login.LoginFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries a login on a connection of its own, outside the pool. */
final class Verification {
    private static final Logger LOG = LoggerFactory.getLogger(Verification.class);
    private static final int QUERY_SECONDS = 10;

    private final CredentialedDataSource source;
    private final List<String> probes;

    enum Verdict {
        PASSED,
        REFUSED,
        RIGHTS,
        /** The database said nothing about the login. */
        NONE
    }

    Verification(CredentialedDataSource source, String probe, @Nullable String rightsProbe) {
        this.source = source;
        this.probes = rightsProbe == null ? List.of(probe) : List.of(probe, rightsProbe);
    }

    /**
     * What the database says of {@code candidate}. Lacking rights count only if {@code current} has them: a probe
     * that neither passes says more about the probe.
     */
    Verdict of(Credential candidate, Credential current) {
        Verdict verdict = tried(candidate);
        if (verdict == Verdict.RIGHTS && tried(current) == Verdict.RIGHTS) {
            LOG.warn("the rights probe fails for {} and for {} alike; it does not count", candidate, current);
            return Verdict.PASSED;
        }
        return verdict;
    }

    private Verdict tried(Credential credential) {
        if (!source.permits(credential)) {
            return Verdict.NONE;
        }
        try (Connection connection = source.open(credential);
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(QUERY_SECONDS);
            for (String probe : probes) {
                statement.execute(probe);
            }
            return Verdict.PASSED;
        } catch (SQLException e) {
            LOG.warn("{} did not pass: SQLState {}, {}", credential, LoginFailure.stateOf(e), e.getMessage());
            return switch (LoginFailure.of(e)) {
                case DEAD, REFUSED -> Verdict.REFUSED;
                case RIGHTS -> Verdict.RIGHTS;
                case NONE -> Verdict.NONE;
            };
        }
    }
}
