package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoginFailureTest {
    /** The table of verdicts: SQLState, error number, verdict. */
    @ParameterizedTest
    @CsvSource({
        "28P01, 0, DEAD", "28000, 0, REFUSED", "28000, 28000, REFUSED", "42501, 0, RIGHTS", "57P01, 0, NONE",
        "08006, 0, NONE", "53300, 0, NONE", "28000, 1045, DEAD", "28000, 1698, DEAD", "HY000, 4151, DEAD",
        "HY000, 3118, DEAD", "HY000, 1820, DEAD", "HY000, 1862, DEAD", "08004, 1040, NONE", "42000, 1226, NONE",
        "HY000, 4150, NONE", "HY000, 3955, NONE", "HY000, 1129, NONE", "42000, 1044, RIGHTS", "42000, 1142, RIGHTS",
        "42000, 1045, NONE", "HY000, 1045, NONE", "42000, 1064, NONE", ", 1045, NONE"
    })
    void codes_areClassified(String state, int number, LoginFailure expected) {
        assertThat(LoginFailure.of(new SQLException("x", state, number))).isEqualTo(expected);
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
        assertThat(LoginFailure.stateOf(a)).isEqualTo("none");
    }
}
