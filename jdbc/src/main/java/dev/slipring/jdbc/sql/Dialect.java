package dev.slipring.jdbc.sql;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Locale;

/** The databases that are known, and where their SQL differs. */
public enum Dialect {
    /** PostgreSQL. */
    POSTGRESQL,
    /** MariaDB. */
    MARIADB,
    /** MySQL: its SQL is that of MariaDB here, and not tried on a server. */
    MYSQL,
    /** H2, in whatever compatibility mode. */
    H2;

    /** SQL's longest VARCHAR in H2. */
    private static final int H2_TEXT = 1_048_576;

    /** MySQL and MariaDB have short and long binaries. */
    private static final int SHORT_BINARY = 255;

    /**
     * The database at the other end of {@code connection}.
     *
     * @throws SQLFeatureNotSupportedException if it is none of these
     */
    public static Dialect of(Connection connection) throws SQLException {
        DatabaseMetaData about = connection.getMetaData();
        String product = about.getDatabaseProductName();
        boolean mariaDb =
                about.getDatabaseProductVersion().toLowerCase(Locale.ROOT).contains("mariadb");
        return switch (product) {
            case "PostgreSQL" -> POSTGRESQL;
            case "MariaDB" -> MARIADB;
            case "MySQL" -> mariaDb ? MARIADB : MYSQL;
            case "H2" -> H2;
            default ->
                throw new SQLFeatureNotSupportedException(
                        "the database " + product + " is none of PostgreSQL, MariaDB, MySQL, H2");
        };
    }

    /** Whether it is MariaDB or MySQL, which say schema and mean catalog. */
    public boolean isMySqlLike() {
        return this == MARIADB || this == MYSQL;
    }

    /**
     * {@code name} between quotes, those inside it doubled.
     *
     * @throws IllegalArgumentException if it is blank, too long, or holds a control character or an unpaired surrogate
     */
    public String quoted(String name) {
        String quote = isMySqlLike() ? "`" : "\"";
        return quote + Identifiers.checked(name).replace(quote, quote + quote) + quote;
    }

    /** The expression for the time now, in microseconds since 1970, whatever the session's time zone is. */
    public String nowMicros() {
        return switch (this) {
            case POSTGRESQL -> "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)";
            case MARIADB, MYSQL -> "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))";
            case H2 -> "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000000 AS BIGINT)";
        };
    }

    /** What follows an INSERT so that an existing row is no error, where there is a way that hides no other error. */
    String ifAbsent() {
        return this == POSTGRESQL ? " ON CONFLICT DO NOTHING" : "";
    }

    /** Whether {@code failure} says that a row with this key exists. */
    boolean isDuplicate(SQLException failure) {
        return isMySqlLike() ? failure.getErrorCode() == 1062 : "23505".equals(failure.getSQLState());
    }

    /** The statement that makes {@code table}, under a name that is quoted already. */
    String create(Table table, String quotedName) {
        StringBuilder sql = new StringBuilder("CREATE TABLE IF NOT EXISTS " + quotedName + " (\n");
        for (Column column : table.columns()) {
            sql.append("    ")
                    .append(quoted(column.name()))
                    .append(' ')
                    .append(type(column))
                    .append(column.nullable() ? "" : " NOT NULL")
                    .append(",\n");
        }
        String key = String.join(", ", table.key().stream().map(this::quoted).toList());
        return sql + "    PRIMARY KEY (" + key + ")\n)" + (isMySqlLike() ? " ENGINE = InnoDB" : "");
    }

    private String type(Column column) {
        int length = column.length();
        return switch (column.kind()) {
            case INTEGER -> "INTEGER";
            case LONG -> "BIGINT";
            case NAME ->
                switch (this) {
                    case POSTGRESQL -> "VARCHAR(" + length + ") COLLATE \"C\"";
                    case MARIADB, MYSQL -> "VARCHAR(" + length + ") CHARACTER SET ascii COLLATE ascii_bin";
                    case H2 -> "VARCHAR(" + length + ")";
                };
            case TEXT ->
                switch (this) {
                    case POSTGRESQL -> "TEXT";
                    case MARIADB, MYSQL -> "LONGTEXT CHARACTER SET ascii COLLATE ascii_bin";
                    case H2 -> "VARCHAR(" + H2_TEXT + ")";
                };
            case BYTES ->
                switch (this) {
                    case POSTGRESQL -> "BYTEA";
                    case MARIADB, MYSQL -> length <= SHORT_BINARY ? "VARBINARY(" + length + ")" : "MEDIUMBLOB";
                    case H2 -> "VARBINARY(" + length + ")";
                };
        };
    }

    /** How the information schema describes {@code column}, in the words of {@link Shape}. */
    String described(Column column) {
        int length = column.length();
        String type = switch (column.kind()) {
            case INTEGER -> isMySqlLike() ? "int" : "integer";
            case LONG -> "bigint";
            case NAME ->
                switch (this) {
                    case POSTGRESQL -> "character varying(" + length + ") collate C";
                    case MARIADB, MYSQL -> "varchar(" + length + ") collate ascii_bin";
                    case H2 -> "character varying(" + length + ")";
                };
            case TEXT ->
                switch (this) {
                    case POSTGRESQL -> "text";
                    case MARIADB, MYSQL -> "longtext collate ascii_bin";
                    case H2 -> "character varying(" + H2_TEXT + ")";
                };
            case BYTES ->
                switch (this) {
                    case POSTGRESQL -> "bytea";
                    case MARIADB, MYSQL -> length <= SHORT_BINARY ? "varbinary(" + length + ")" : "mediumblob";
                    case H2 -> "binary varying(" + length + ")";
                };
        };
        return type + (column.nullable() ? "" : " not null");
    }
}
