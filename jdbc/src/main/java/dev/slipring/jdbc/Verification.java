package dev.slipring.jdbc;

import dev.slipring.jdbc.login.Connector;
import dev.slipring.jdbc.login.LoginFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries a login on connections of its own, outside the pool, at every endpoint where it must work. */
final class Verification {
    private static final Logger LOG = LoggerFactory.getLogger(Verification.class);
    private static final int QUERY_SECONDS = 10;

    private final CredentialedDataSource source;
    private final List<Connector> endpoints;
    private final List<String> probes;

    enum Verdict {
        PASSED,
        REFUSED,
        RIGHTS,
        /** The database said nothing about the login. */
        NONE
    }

    Verification(CredentialedDataSource source, List<Connector> endpoints, String probe, @Nullable String rightsProbe) {
        this.source = source;
        this.endpoints = List.copyOf(endpoints);
        this.probes = rightsProbe == null ? List.of(probe) : List.of(probe, rightsProbe);
    }

    /** What the first endpoint says that does not let {@code candidate} pass, or that all of them do. */
    Verdict of(Credential candidate, Credential current) {
        for (Connector endpoint : endpoints) {
            Verdict verdict = at(endpoint, candidate, current);
            if (verdict != Verdict.PASSED) {
                return verdict;
            }
        }
        return Verdict.PASSED;
    }

    /** Lacking rights count only if {@code current} has them: a probe that neither passes says more about the probe. */
    private Verdict at(Connector endpoint, Credential candidate, Credential current) {
        Verdict verdict = tried(endpoint, candidate);
        if (verdict == Verdict.RIGHTS && tried(endpoint, current) == Verdict.RIGHTS) {
            LOG.warn("the rights probe fails for {} and for {} alike; it does not count", candidate, current);
            return Verdict.PASSED;
        }
        return verdict;
    }

    private Verdict tried(Connector endpoint, Credential credential) {
        if (!source.permits(credential, endpoint)) {
            return Verdict.NONE;
        }
        try (Connection connection = source.open(credential, endpoint);
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(QUERY_SECONDS);
            for (String probe : probes) {
                statement.execute(probe);
            }
            return Verdict.PASSED;
        } catch (SQLException e) {
            LOG.warn(
                    "{} did not pass at {}: SQLState {}, {}",
                    credential,
                    endpoint.database(),
                    LoginFailure.stateOf(e),
                    e.getMessage());
            return switch (LoginFailure.of(e)) {
                case DEAD, REFUSED -> Verdict.REFUSED;
                case RIGHTS -> Verdict.RIGHTS;
                case NONE -> Verdict.NONE;
            };
        }
    }
}
