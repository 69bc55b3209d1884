package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.rotation.IssuerException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatementTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "syntax error at or near \"'SCRAM-SHA-256$4096:abc$d:e'\" Position: 1"
                        + " | syntax error at or near \"'[verifier] Position: 1",
                "You have an error near 'hunter2' RETAIN CURRENT PASSWORD' at line 1 | You have an error near [statement]",
                "Query is: ALTER USER `a`@`%` IDENTIFIED BY 'hunter2' x"
                        + " | Query is: ALTER USER `a`@`%` IDENTIFIED BY [withheld]",
                "Query is: ALTER ROLE a PASSWORD 'hunter2' | Query is: ALTER ROLE a PASSWORD [withheld]",
                "Password hash *2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19 is odd | Password hash [hash] is odd",
                "hash *2470C0C06DEE42FD16 is odd | hash [hash] is odd",
                "permission denied to create role | permission denied to create role",
            })
    void text_ofAFailure_losesPasswordsAndHashes(String text, String scrubbed) {
        assertThat(StatementText.scrub(text)).isEqualTo(scrubbed);
    }

    @Test
    void failure_leavesTheRawExceptionAndWhateverHangsOnItBehind() {
        SQLException raw = new SQLException("x", "42000", 1064, new SQLException("IDENTIFIED BY 'hunter2'"));
        raw.setNextException(new SQLException("hunter2"));
        raw.addSuppressed(new SQLException("hunter2"));
        IssuerException failure = StatementText.failure("install it", raw);
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).contains("SQLState 42000, error 1064").doesNotContain("hunter2");
        assertThat(failure.getCause()).hasNoCause().hasNoSuppressedExceptions();
    }
}
