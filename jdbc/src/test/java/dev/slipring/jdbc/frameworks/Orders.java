package dev.slipring.jdbc.frameworks;

import javax.sql.DataSource;

/** An application's orders, reached with one framework. Safe for use by several threads. */
interface Orders extends AutoCloseable {
    /** The table; each framework has one of its own. */
    String TABLE = "CREATE TABLE %1$s.orders (id bigint PRIMARY KEY, note text NOT NULL);"
            + "ALTER TABLE %1$s.orders OWNER TO %1$s_owner";

    /** Makes a framework's view of {@code schema} over a data source. */
    interface Framework {
        Orders over(DataSource source, String schema);
    }

    /** Inserts an order and updates it, in one transaction. */
    void place(long id);

    /** How many orders were placed, read in a transaction of its own. */
    long count();

    @Override
    default void close() {}
}
