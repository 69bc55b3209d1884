package dev.slipring.jdbc.frameworks;

import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Orders with Spring's {@code JdbcTemplate}, in transactions that bind the connection to the thread. */
final class SpringOrders implements Orders {
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final String table;

    SpringOrders(DataSource source, String schema) {
        jdbc = new JdbcTemplate(source);
        transactions = new TransactionTemplate(new JdbcTransactionManager(source));
        table = schema + ".orders";
    }

    @Override
    public void place(long id) {
        transactions.executeWithoutResult(status -> {
            jdbc.update("INSERT INTO " + table + " VALUES (?, 'new')", id);
            jdbc.update("UPDATE " + table + " SET note = 'placed' WHERE id = ?", id);
        });
    }

    @Override
    public long count() {
        Long count = jdbc.queryForObject("SELECT count(*) FROM " + table + " WHERE note = 'placed'", Long.class);
        return count == null ? -1 : count;
    }
}
