package dev.slipring.jdbc.login;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.slipring.store.UnusableRecordException;
import java.nio.charset.Charset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoginDocumentTest {
    private static final LoginDocument RDS = LoginDocument.rds();

    @Test
    void document_ofRds_isItsLogin() {
        Login login = Login.parse(RDS.parse(bytes("{\"engine\":\"postgres\",\"host\":\"db-1\",\"username\":\"app\","
                + "\"password\":\"p\\u00e4\\\"ss\\n\\ud83d\\ude00\",\"dbname\":\"shop\",\"port\":5432,"
                + "\"masterarn\":null,\"tags\":{\"password\":\"other\"}}")));
        assertThat(login).isEqualTo(Login.of("app", "pä\"ss\n😀".getBytes(UTF_8)));
    }

    @Test
    void document_whoseOtherFieldsChange_isTheSameValue() {
        assertThat(RDS.parse(bytes("{\"host\":\"a\",\"username\":\"u\",\"password\":\"p\",\"port\":1}")))
                .isEqualTo(RDS.parse(bytes(" {\"password\":\"p\", \"host\":\"b\", \"username\":\"\\u0075\"}\n")));
    }

    @Test
    void document_ofOtherNames_isReadByThem() {
        assertThat(LoginDocument.of("user", "pw").parse(bytes("{\"pw\":\"p\",\"user\":\"u\"}")))
                .isEqualTo(Login.encode("u", bytes("p")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hidden",
                "\"hidden\"",
                "[\"hidden\"]",
                "{}",
                "{\"username\":\"hidden\"}",
                "{\"password\":\"hidden\"}",
                "{\"username\":\"u\",\"password\":{\"hidden\":1}}",
                "{\"username\":\"u\",\"password\":12345}",
                "{\"username\":\"u\",\"password\":\"\"}",
                "{\"username\":\"\",\"password\":\"hidden\"}",
                "{\"username\":\"u\",\"password\":\"hidden\\u0000\"}",
                "{\"username\":\"u\",\"password\":\"hidden\\ud83d\"}",
                "{\"username\":\"u\",\"password\":\"hidden\",\"password\":\"hidden2\"}",
                "{\"username\":\"u\",\"password\":\"hidden\"} {}",
                "{\"username\":\"u\",\"password\":\"hidden\"",
                "{\"username\":\"u\",\"password\":\"hidden\nhidden\"}",
                "{\"username\":\"u\",\"password\":hidden}"
            })
    void document_thatIsNoLogin_isRefusedAndNotQuoted(String document) {
        refused(document, UTF_8);
    }

    @Test
    void document_thatIsNotUtf8OrTooLong_isRefused() {
        refused("{\"username\":\"u\",\"password\":\"hidden\u00e4\"}", ISO_8859_1);
        refused("{\"username\":\"u\",\"password\":\"" + "hidden".repeat(9_000) + "\"}", UTF_8);
        refused("{\"username\":\"u\",\"password\":\"p\"" + " ".repeat(65_536) + "}", UTF_8);
        refused("{\"a\":".repeat(10_000), UTF_8);
    }

    private static void refused(String document, Charset charset) {
        assertThatExceptionOfType(UnusableRecordException.class)
                .isThrownBy(() -> RDS.parse(document.getBytes(charset)))
                .withMessageStartingWith("the login document cannot be used: ")
                .withNoCause()
                .matches(e -> !String.valueOf(e.getMessage()).contains("hidden"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
