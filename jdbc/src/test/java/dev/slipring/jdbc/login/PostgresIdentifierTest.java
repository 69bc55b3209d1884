package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.jdbc.PostgresServer;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresIdentifierTest {
    @ParameterizedTest
    @ValueSource(strings = {"app", "x\"; DROP ROLE app; --", "\"\"", "a'b", "Ünï\uD83D\uDE00", "select", "back\\slash"})
    void name_hostile_arrivesInPostgresAsItIs(String name) throws SQLException {
        PostgresIdentifier identifier = new PostgresIdentifier(name);
        PostgresServer.execute("CREATE ROLE " + identifier.quoted() + " NOLOGIN");
        PostgresServer.execute("DROP ROLE " + identifier.quoted());
        assertThat(PostgresServer.query("SELECT " + "1 AS " + identifier.quoted()))
                .containsExactly("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\u0000b", "a\nb", "a\u0085b", "\uD83D", "\uDE00x"})
    void name_unquotable_isRefused(String name) {
        assertThatThrownBy(() -> new PostgresIdentifier(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void name_longerThanPostgresKeeps_isRefused() {
        assertThat(new PostgresIdentifier("x".repeat(63)).quoted()).hasSize(65);
        assertThatThrownBy(() -> new PostgresIdentifier("ä".repeat(32))).hasMessageContaining("64 bytes");
    }
}
