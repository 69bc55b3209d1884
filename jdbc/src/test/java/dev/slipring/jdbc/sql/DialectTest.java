package dev.slipring.jdbc.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The SQL itself, which is all that there is of MySQL here. */
class DialectTest {
    private static final Table TABLE = new Table(
            "x",
            List.of(
                    Column.name("a", 64),
                    Column.integer("b"),
                    Column.number("c"),
                    Column.text("d"),
                    Column.bytes("e", 32),
                    Column.bytes("f", 8192).orNull()),
            List.of("a", "b"));

    @Test
    void create_onMySql_isExactlyThis() {
        assertThat(Dialect.MYSQL.create(TABLE, "`s`.`p_x`")).isEqualTo("""
                        CREATE TABLE IF NOT EXISTS `s`.`p_x` (
                            `a` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
                            `b` INTEGER NOT NULL,
                            `c` BIGINT NOT NULL,
                            `d` LONGTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
                            `e` VARBINARY(32) NOT NULL,
                            `f` MEDIUMBLOB,
                            PRIMARY KEY (`a`, `b`)
                        ) ENGINE = InnoDB""");
        assertThat(Dialect.MYSQL.create(TABLE, "`s`.`p_x`")).isEqualTo(Dialect.MARIADB.create(TABLE, "`s`.`p_x`"));
    }

    @Test
    void create_onPostgres_isExactlyThis() {
        assertThat(Dialect.POSTGRESQL.create(TABLE, "\"s\".\"p_x\"")).isEqualTo("""
                        CREATE TABLE IF NOT EXISTS "s"."p_x" (
                            "a" VARCHAR(64) COLLATE "C" NOT NULL,
                            "b" INTEGER NOT NULL,
                            "c" BIGINT NOT NULL,
                            "d" TEXT NOT NULL,
                            "e" BYTEA NOT NULL,
                            "f" BYTEA,
                            PRIMARY KEY ("a", "b")
                        )""");
    }

    @Test
    void nowMicros_onMySql_isThatOfMariaDb() {
        assertThat(Dialect.MYSQL.nowMicros())
                .isEqualTo(Dialect.MARIADB.nowMicros())
                .isEqualTo("TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))");
    }

    @Test
    void quoted_quoteInside_isDoubled() {
        assertThat(Dialect.MYSQL.quoted("a`\"b")).isEqualTo("`a``\"b`");
        assertThat(Dialect.POSTGRESQL.quoted("a`\"b")).isEqualTo("\"a`\"\"b\"");
    }
}
