package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.jdbc.MariaDbServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountNameTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"an_app", "x`@`%`; DROP USER admin; -- ", "``", "a'b\"c", "Ünï", "select", "back\\", "a@b", "%"})
    void name_hostile_arrivesInMariaDbAsItIs(String name) throws SQLException {
        AccountName account = new AccountName(name.strip(), "10.1.%");
        for (String mode : new String[] {"", "ANSI_QUOTES,NO_BACKSLASH_ESCAPES"}) {
            try (Connection connection = MariaDbServer.superuser();
                    Statement statement = connection.createStatement()) {
                statement.execute("SET SESSION sql_mode = '" + mode + "'");
                statement.execute("CREATE USER " + account.quoted() + " ACCOUNT LOCK");
                assertThat(new MariaDbDialect().account(connection, account))
                        .hasValueSatisfying(found -> assertThat(found.locked()).isTrue());
                statement.execute("DROP USER " + account.quoted());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " a", "a ", "a\u0000b", "a\nb", "a\u0085b", "\uD83D", "\uDE00x", "\uD83D\uDE00"})
    void name_unquotable_isRefused(String name) {
        assertThatThrownBy(() -> new AccountName(name, "%")).isInstanceOf(IllegalArgumentException.class);
        if (!name.isEmpty()) {
            assertThatThrownBy(() -> new AccountName("app", name)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void name_tooLong_isRefusedHereOrThere() {
        assertThatThrownBy(() -> new AccountName("x".repeat(129), "%")).hasMessageContaining("129 characters");
        assertThatThrownBy(() -> new AccountName("x", "h".repeat(61))).hasMessageContaining("61 characters");
        assertThat(new AccountName("x".repeat(128), "%").quoted()).hasSize(134);
    }

    @Test
    void name_ofARole_hasNoHost() {
        assertThat(AccountName.role("app_role").quoted()).isEqualTo("`app_role`");
    }
}
