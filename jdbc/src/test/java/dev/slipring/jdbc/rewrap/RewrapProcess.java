package dev.slipring.jdbc.rewrap;

import dev.slipring.jdbc.ConnectingDataSource;
import java.sql.DriverManager;

/** Moves the notes until it is killed or comes to the end: {@code <url> <schema>}. Says how far it is. */
final class RewrapProcess {
    private RewrapProcess() {}

    public static void main(String[] args) {
        TableRewrap.builder(new ConnectingDataSource(() -> DriverManager.getConnection(args[0])), "killed")
                .schema(args[1])
                .column("notes", "body")
                .rewrap(Versions::toTwo)
                .rowsPerSecond(1e9)
                .batch(10)
                .listener(progress -> System.out.println(progress.seen()))
                .build()
                .run();
    }
}
