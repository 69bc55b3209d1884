package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.jdbc.MariaDbServer;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativePasswordTest {
    @ParameterizedTest
    @ValueSource(strings = {"password", "a ~'\"\\$ pass", "pässwörd"})
    void hash_isTheServersOwn(String password) throws SQLException {
        String literal = password.replace("\\", "\\\\").replace("'", "''");
        assertThat(MariaDbServer.query("SELECT PASSWORD('" + literal + "')"))
                .containsExactly(NativePassword.hash(LoginTest.login("x", password)));
    }

    @Test
    void hash_ofAKnownPassword_isTheDocumentedOne() {
        assertThat(NativePassword.hash(LoginTest.login("x", "password")))
                .isEqualTo("*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "clear", "*2470c0c06dee42fd1618bb99005adca2ec9d1e19", "*2470C0C06DEE42FD1618BB99005ADC"})
    void hash_malformed_isNotLetThrough(String text) {
        assertThatThrownBy(() -> NativePassword.checked(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("content withheld");
    }
}
