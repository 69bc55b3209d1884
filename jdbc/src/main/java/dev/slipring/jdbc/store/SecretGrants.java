package dev.slipring.jdbc.store;

import dev.slipring.jdbc.sql.Database;
import dev.slipring.jdbc.sql.Dialect;
import dev.slipring.jdbc.sql.Table;
import dev.slipring.keyring.VersionState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rights that the logins of a {@link JdbcSecretStore} need and no more, as SQL for whoever owns the tables to run
 * once they are there. Each statement is ended by a semicolon and a line's end. In MariaDB and MySQL a login is named as
 * {@code user} or {@code user@host}, and holds for any host unless one is told; elsewhere it is a role or user.
 *
 * <p>What the database enforces: a reader writes no record and no value. In PostgreSQL it does not see a value whose
 * version no record accepts, by a policy for rows; from then on a login without a policy sees no value, so let all of
 * them have their statements from here. Elsewhere a reader sees the values of coming and of former versions as well: seal
 * them. Nobody but an operator deletes rows, and where {@link #keepingRotator} is what rotators have, only operators
 * erase a value.
 *
 * <p>What it does not: a record is one row, and what it says is not the database's to judge. Whoever may rotate may also
 * write what declares a version compromised, holds it, orders the end of a secret or starts a new incarnation. All
 * secrets of the tables have the same rights: to tell some apart, give them tables with another prefix.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class SecretGrants {
    private static final String READ = "SELECT";
    private static final String PUT = "SELECT, INSERT";
    private static final String WRITE = "SELECT, INSERT, UPDATE";
    private static final String DELETE = "SELECT, INSERT, UPDATE, DELETE";

    /** The record as JSON. What it escapes does not matter here, and PostgreSQL could not read all of it. */
    private static final String RECORD =
            "CAST(regexp_replace(r.[record], 'u" + "[0-9a-fA-F]".repeat(4) + "', 'u0020', 'g') AS json)";

    /** That the record accepts the version of a row. */
    private static final String ACCEPTED = "EXISTS (SELECT 1 FROM {record} r,"
            + " json_array_elements(" + RECORD + " -> 'versions') v WHERE r.[secret] = {value}.[secret]"
            + " AND CAST(v ->> 'number' AS integer) = {value}.[version] AND v ->> 'state' IN ("
            + Stream.of(VersionState.values())
                    .filter(VersionState::accepts)
                    .map(state -> "'" + state + "'")
                    .collect(Collectors.joining(", "))
            + "))";

    private final Database database;

    SecretGrants(Database database) {
        this.database = database;
    }

    /**
     * For replicas that use the secrets: records and values, read alone, and reports.
     *
     * @throws IllegalArgumentException if {@code login} cannot be a name
     */
    public String reader(String login) {
        return sql(login, Map.of("record", READ, "value", READ, "report", WRITE), ACCEPTED);
    }

    /**
     * For replicas that rotate them as well, and erase values that have soaked.
     *
     * @throws IllegalArgumentException if {@code login} cannot be a name
     */
    public String rotator(String login) {
        return sql(login, Map.of("record", WRITE, "value", WRITE, "report", WRITE), "true");
    }

    /**
     * For replicas that rotate secrets of which only operators destroy versions, as keys that encrypt are: the same, but
     * no value can be erased or sealed anew. For secrets whose versions are destroyed by themselves once they have
     * soaked, it is too little.
     *
     * @throws IllegalArgumentException if {@code login} cannot be a name
     */
    public String keepingRotator(String login) {
        return sql(login, Map.of("record", WRITE, "value", PUT, "report", WRITE), "true");
    }

    /**
     * For operators, who also erase, and delete rows, what a store never does.
     *
     * @throws IllegalArgumentException if {@code login} cannot be a name
     */
    public String operator(String login) {
        return sql(login, Map.of("record", DELETE, "value", DELETE, "report", DELETE), "true");
    }

    private String sql(String login, Map<String, String> rights, String visible) {
        Dialect dialect = database.dialect();
        String name = name(dialect, login);
        List<String> statements = new ArrayList<>();
        if (dialect == Dialect.POSTGRESQL) {
            statements.add("GRANT USAGE ON SCHEMA " + dialect.quoted(database.schema()) + " TO " + name);
        }
        for (Table table : SecretTables.ALL) {
            statements.add("GRANT " + rights.get(table.name()) + " ON " + database.table(table.name()) + " TO " + name);
        }
        if (dialect == Dialect.POSTGRESQL) {
            String rule = visible.equals(ACCEPTED) ? " FOR SELECT TO " : " TO ";
            statements.add(database.statement("ALTER TABLE {value} ENABLE ROW LEVEL SECURITY"));
            statements.add("DROP POLICY IF EXISTS " + name + database.statement(" ON {value}"));
            statements.add("CREATE POLICY " + name + database.statement(" ON {value}") + rule + name
                    + database.statement(" USING (" + visible + ")"));
        }
        return statements.stream().map(statement -> statement + ";\n").collect(Collectors.joining());
    }

    private static String name(Dialect dialect, String login) {
        if (!dialect.isMySqlLike()) {
            return dialect.quoted(login);
        }
        int at = login.lastIndexOf('@');
        return at < 0
                ? dialect.quoted(login) + "@" + dialect.quoted("%")
                : dialect.quoted(login.substring(0, at)) + "@" + dialect.quoted(login.substring(at + 1));
    }

    @Override
    public String toString() {
        return "SecretGrants[" + database + "]";
    }
}
