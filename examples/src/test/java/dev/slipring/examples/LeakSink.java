package dev.slipring.examples;

/** Where a secret may be seen by somebody who should not. */
enum LeakSink {
    LOG,
    JDK_LOG,
    CONSOLE,
    METRICS,
    AUDIT,
    PAGE,
    LISTENER,
    EXCEPTION,
    OBJECT,
    STORE,
    COMMAND_LINE,
    POSTGRES_LOG,
    MARIADB_LOG
}
