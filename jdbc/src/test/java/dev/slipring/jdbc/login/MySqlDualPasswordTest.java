package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.ProbeVerdict;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against a script of MySQL, not against a server. */
class MySqlDualPasswordTest extends LoginIssuerContract {

    private final MySqlWorld world = world();
    private final LoginIssuer issuer = world.issuer(world.admin());

    @Override
    MySqlWorld world() {
        return MySqlWorld.of(admin -> MySqlLogins.dualPassword(admin, "app"));
    }

    @Test
    void rotation_sendsTheDocumentedStatements() {
        String first = password(installed(1));
        String second = password(installed(2));
        issuer.revoke(world.version(1));
        assertThat(accountStatements())
                .containsExactly(
                        "ALTER USER `app`@`%` IDENTIFIED BY '" + first + "' ACCOUNT UNLOCK",
                        "ALTER USER `app`@`%` IDENTIFIED BY '" + second + "' RETAIN CURRENT PASSWORD",
                        "ALTER USER `app`@`%` DISCARD OLD PASSWORD");
    }

    @Test
    void version_givenUp_leavesTheOneBeforeInTheSecondPlace() {
        SecretValue first = installed(1);
        SecretValue second = installed(2);
        issuer.revoke(world.version(2));
        assertThat(issuer.probe(world.version(2), second)).isEqualTo(ProbeVerdict.DEAD);
        assertThat(issuer.probe(world.version(1), first)).isEqualTo(ProbeVerdict.ALIVE);
        SecretValue third = installed(3);
        assertThat(issuer.probe(world.version(1), first)).isEqualTo(ProbeVerdict.ALIVE);
        assertThat(issuer.probe(world.version(3), third)).isEqualTo(ProbeVerdict.ALIVE);
        assertThat(accountStatements().get(3)).endsWith("IDENTIFIED BY '" + password(third) + "'");
    }

    @Test
    void third_passwordAtOnce_isRefused() {
        installed(1);
        installed(2);
        assertThatThrownBy(() -> installed(3)).hasMessageContaining("still has two passwords");
    }

    @Test
    void password_withoutTls_isNotSent() {
        world.server().withoutTls();
        assertThatThrownBy(() -> installed(1))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("no TLS");
        assertThat(accountStatements()).isEmpty();
    }

    @Test
    void value_thatWorksAlready_isAdopted() {
        world.server().live("app@%", "theirs");
        SecretValue value = LoginTest.login("app", "theirs").toValue();
        issuer.install(world.version(1), value);
        assertThat(accountStatements()).isEmpty();
        installed(2);
        assertThat(issuer.probe(world.version(1), value)).isEqualTo(ProbeVerdict.ALIVE);
    }

    @Test
    void password_thatCannotBeQuoted_isRefusedWithoutShowingIt() {
        SecretValue value = LoginTest.login("app", "it's").toValue();
        assertThatThrownBy(() -> issuer.install(world.version(1), value))
                .isInstanceOf(IssuerException.class)
                .hasMessageNotContaining("it's");
    }

    @Test
    void issuer_withoutALoginTest_isNotBuilt() {
        assertThatThrownBy(() -> MySqlLogins.dualPassword(world.admin(), "app").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("login test");
    }

    private SecretValue installed(int number) {
        SecretValue value = issuer.mint(world.version(number), List.of());
        issuer.install(world.version(number), value);
        return value;
    }

    private List<String> accountStatements() {
        return world.server().executed().stream()
                .filter(sql -> sql.contains("USER"))
                .toList();
    }

    private static String password(SecretValue value) {
        return Login.parse(value).revealPassword();
    }
}
