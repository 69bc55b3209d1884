package dev.slipring.jdbc.sql;

import java.util.List;

/**
 * A table of ours.
 *
 * @param name its name behind the prefix
 * @param columns its columns, in order
 * @param key the columns of its primary key
 */
public record Table(String name, List<Column> columns, List<String> key) {
    public Table {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }
}
