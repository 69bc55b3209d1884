package dev.slipring.jdbc;

/** The servers into which faults are injected, one of each kind per test run, started when the first test needs it. */
public enum FaultyServer {
    POSTGRES {
        @Override
        public DatabaseProcess process() {
            return PostgresProcess.required(Started.POSTGRES);
        }

        @Override
        public DatabaseProcess beside() {
            return PostgresServer.shared();
        }
    },
    OLDER_POSTGRES {
        @Override
        public DatabaseProcess process() {
            return PostgresServer.older();
        }

        @Override
        public DatabaseProcess beside() {
            return PostgresServer.shared();
        }
    },
    MARIADB {
        @Override
        public DatabaseProcess process() {
            return MariaDbProcess.required(StartedMariaDb.MARIADB);
        }

        @Override
        public DatabaseProcess beside() {
            return MariaDbServer.shared();
        }
    };

    private static final class Started {
        static final PostgresProcess POSTGRES = PostgresProcess.start(PostgresProcess.FEW);
    }

    private static final class StartedMariaDb {
        static final MariaDbProcess MARIADB = MariaDbProcess.start();
    }

    /** The server; skips the test where it cannot run. */
    public abstract DatabaseProcess process();

    /** Another server that understands the same, the one that all tests share. */
    public abstract DatabaseProcess beside();
}
