package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.SecretValue;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoginTest {
    @Test
    void login_encoded_hasTheFrozenForm() {
        Login login = login("app_ä", "pw");
        assertThat(HexFormat.of().formatHex(login.toValue().copyBytes())).isEqualTo("010006" + "6170705fc3a4" + "7077");
    }

    @Property
    void login_encodedAndParsed_isTheSame(@ForAll @NotEmpty @NumericChars String user, @ForAll @Size(24) byte[] bytes) {
        byte[] password = HexFormat.of().formatHex(bytes).getBytes(StandardCharsets.US_ASCII);
        Login login = Login.of(user, password);
        assertThat(Login.parse(login.toValue())).isEqualTo(login).hasSameHashCodeAs(login);
        assertThat(login.copyPassword()).isEqualTo(password);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01",
                "010000",
                "0100010061",
                "02000161" + "62",
                "01000161",
                "0100ff6162",
                "010001ff62",
                "01000161ff",
                "0100016100"
            })
    void value_ofAnotherForm_isRefusedWithoutShowingIt(String hex) {
        SecretValue value = SecretValue.copyOf(HexFormat.of().parseHex(hex));
        assertThatThrownBy(() -> Login.parse(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("[a-z A-Z'0-9,-]+")
                .hasNoCause();
    }

    @Test
    void login_printed_hidesThePassword() {
        assertThat(login("app", "hunter2")).hasToString("Login[app]");
    }

    @Test
    void login_wiped_holdsNoPassword() {
        Login login = login("app", "hunter2");
        login.wipe();
        assertThat(login.copyPassword()).containsOnly(0);
    }

    static Login login(String user, String password) {
        return Login.of(user, password.getBytes(StandardCharsets.UTF_8));
    }
}
