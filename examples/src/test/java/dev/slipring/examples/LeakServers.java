package dev.slipring.examples;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The database servers that secrets are told to, and their logs. */
final class LeakServers implements AutoCloseable {
    private final PostgresLog postgres;
    private final Optional<MariaDbLog> mariaDb;

    private LeakServers(PostgresLog postgres, Optional<MariaDbLog> mariaDb) {
        this.postgres = postgres;
        this.mariaDb = mariaDb;
    }

    /** Starts those that there are for this platform. PostgreSQL's files all lie in {@code directory}. */
    static LeakServers start(Path directory) {
        return new LeakServers(PostgresLog.start(directory), MariaDbLog.start());
    }

    Postgres postgres() {
        return postgres.postgres();
    }

    /** Empty where it does not run. */
    Optional<MariaDbLog> mariaDb() {
        return mariaDb;
    }

    /** Their logs, by the sinks that these are. */
    Map<LeakSink, ServerLog> logs() {
        Map<LeakSink, ServerLog> logs = new EnumMap<>(Map.of(LeakSink.POSTGRES_LOG, postgres));
        mariaDb.ifPresent(log -> logs.put(LeakSink.MARIADB_LOG, log));
        return logs;
    }

    /** All sinks there are here. */
    Set<LeakSink> sinks() {
        return mariaDb.isPresent()
                ? EnumSet.allOf(LeakSink.class)
                : EnumSet.complementOf(EnumSet.of(LeakSink.MARIADB_LOG));
    }

    @Override
    public void close() {
        mariaDb.ifPresent(MariaDbLog::close);
        postgres.close();
    }
}
