package dev.slipring.examples;

import dev.slipring.examples.Timeline.Change;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts, at the moment a new database login is promoted, the connections that the server still has of the old one.
 * Safe for use by several threads.
 */
final class Handovers implements Timeline.Succession {
    private static final Logger LOG = LoggerFactory.getLogger(Handovers.class);

    private final Postgres postgres;
    private final List<Handover> handovers = new CopyOnWriteArrayList<>();

    /**
     * A login took over.
     *
     * @param from version that was primary before
     * @param to version that is primary now
     * @param login name of the old login
     * @param live how many connections it had at that moment
     */
    record Handover(int from, int to, String login, int live) {}

    /** Asks {@code postgres}. */
    Handovers(Postgres postgres) {
        this.postgres = postgres;
    }

    @Override
    public void advanced(Change change, SecretVersion old) {
        if (!change.secret().equals(Replica.LOGIN) || change.state() != VersionState.PRIMARY) {
            return;
        }
        String login = old.attributes().getOrDefault("user", "");
        try {
            int live = postgres.connections().getOrDefault(login, 0);
            handovers.add(new Handover(old.number(), change.version(), login, live));
        } catch (SQLException e) {
            LOG.atWarn().setCause(e).log("the connections of the old login were not counted");
        }
    }

    /** All handovers, in order. */
    List<Handover> all() {
        return List.copyOf(handovers);
    }
}
