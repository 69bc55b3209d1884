package dev.slipring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class MariaDbServerTest {
    @Test
    void server_demandsPasswordsAndLogsStatements() throws SQLException {
        MariaDbServer.script("""
                -- a comment
                CREATE USER someone IDENTIFIED BY 'right';
                GRANT SELECT ON test.* TO someone;
                CREATE TABLE test.logged (x int);
                """);
        MariaDbServer.connect("someone", "right").close();
        assertThatThrownBy(() -> MariaDbServer.connect("someone", "wrong"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1045));
        assertThat(MariaDbServer.query("SELECT version()").get(0)).contains("MariaDB");
        assertThat(MariaDbServer.log()).contains("CREATE TABLE test.logged").contains("Access denied");
    }
}
