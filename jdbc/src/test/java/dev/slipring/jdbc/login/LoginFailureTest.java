package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoginFailureTest {
    @ParameterizedTest
    @CsvSource({"28P01,DEAD", "28000,REFUSED", "42501,RIGHTS", "57P01,NONE", "08006,NONE", "53300,NONE", ",NONE"})
    void state_isClassified(String state, LoginFailure expected) {
        assertThat(LoginFailure.of(new SQLException("x", state))).isEqualTo(expected);
    }

    @Test
    void causesAndChainedExceptions_areWalked() {
        SQLException outer = new SQLException("pool", "08001", new RuntimeException(new SQLException("x", "28P01")));
        assertThat(LoginFailure.of(outer)).isEqualTo(LoginFailure.DEAD);
        SQLException chained = new SQLException("batch");
        chained.setNextException(new SQLException("x", "28000"));
        assertThat(LoginFailure.of(chained)).isEqualTo(LoginFailure.REFUSED);
        assertThat(LoginFailure.stateOf(new RuntimeException(outer))).isEqualTo("08001");
    }

    @Test
    void causesInACircle_end() {
        Exception a = new Exception();
        a.initCause(new Exception(a));
        assertThat(LoginFailure.of(a)).isEqualTo(LoginFailure.NONE);
    }
}
