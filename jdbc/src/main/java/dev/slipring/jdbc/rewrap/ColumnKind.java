package dev.slipring.jdbc.rewrap;

import dev.slipring.jdbc.sql.Dialect;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** How the content of a column is read as text, and bound again so that the database finds it equal. */
enum ColumnKind {
    /** Bytes, as text in hexadecimal. */
    BYTES,
    /** Text of any length. */
    TEXT,
    /** Text that is padded. */
    PADDED,
    /** Whole and decimal numbers: as text they would be compared as floating point in MariaDB. */
    NUMBER,
    /** What has an exact text form, such as dates and UUIDs. */
    OTHER,
    /** What has none, or one that depends on the session. */
    INEXACT;

    static ColumnKind of(Dialect dialect, int type, String typeName) {
        return switch (type) {
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> BYTES;
            case Types.VARCHAR, Types.LONGVARCHAR, Types.CLOB, Types.NVARCHAR, Types.LONGNVARCHAR, Types.NCLOB -> TEXT;
            case Types.CHAR, Types.NCHAR -> PADDED;
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.NUMERIC, Types.DECIMAL -> NUMBER;
            case Types.REAL, Types.FLOAT, Types.DOUBLE -> dialect == Dialect.POSTGRESQL ? OTHER : INEXACT;
            case Types.TIMESTAMP -> dialect.isMySqlLike() && typeName.startsWith("TIMESTAMP") ? INEXACT : OTHER;
            default -> OTHER;
        };
    }

    /** The content of a column as text; null if it is NULL. */
    @Nullable
    String read(ResultSet row, int index) throws SQLException {
        if (this != BYTES) {
            return row.getString(index);
        }
        byte[] bytes = row.getBytes(index);
        return bytes == null ? null : HexFormat.of().formatHex(bytes);
    }

    /** Binds what {@link #read} gave. PostgreSQL is told no type, so that it takes the column's. */
    void bind(Dialect dialect, PreparedStatement statement, int index, String text) throws SQLException {
        if (this == BYTES) {
            statement.setBytes(index, HexFormat.of().parseHex(text));
        } else if (dialect == Dialect.POSTGRESQL) {
            statement.setObject(index, text, Types.OTHER);
        } else if (this == NUMBER) {
            statement.setBigDecimal(index, new BigDecimal(text));
        } else {
            statement.setString(index, text);
        }
    }
}
