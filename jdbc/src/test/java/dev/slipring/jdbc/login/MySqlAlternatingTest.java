package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.IssuerException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against a script of MySQL, not against a server. */
class MySqlAlternatingTest extends LoginIssuerContract {
    @Override
    MySqlWorld world() {
        return MySqlWorld.of(admin -> MySqlLogins.alternating(admin, "app_role").connectionLimit(7));
    }

    @Test
    void login_madeAndRetired_sendsTheDocumentedStatements() {
        MySqlWorld world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        SecretValue value = issuer.mint(world.version(1), List.of());
        issuer.install(world.version(1), value);
        issuer.revoke(world.version(1));
        assertThat(world.server().executed().stream().filter(sql -> !sql.startsWith("INSERT")))
                .containsExactly(
                        "CREATE USER `app_a`@`%` ACCOUNT LOCK",
                        "GRANT `app_role`@`%` TO `app_a`@`%`",
                        "ALTER USER `app_a`@`%` DEFAULT ROLE `app_role`@`%`",
                        "ALTER USER `app_a`@`%` WITH MAX_USER_CONNECTIONS 7",
                        "ALTER USER `app_a`@`%` IDENTIFIED BY '"
                                + Login.parse(value).revealPassword() + "' ACCOUNT UNLOCK",
                        "ALTER USER `app_a`@`%` ACCOUNT LOCK");
    }

    @Test
    void account_ofSomebodyElse_isRefusedAndLeftAlone() {
        MySqlWorld world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        world.server().live("app_a@%", "theirs");
        SecretValue value = issuer.mint(world.version(1), List.of());
        assertThatThrownBy(() -> issuer.install(world.version(1), value)).hasMessageContaining("does not belong");
        assertThatThrownBy(() -> issuer.revoke(world.version(1))).hasMessageContaining("does not belong");
        assertThat(world.server().executed()).isEmpty();
    }

    @Test
    void password_withoutTls_isNotSentAndNoAccountMade() {
        MySqlWorld world = world();
        LoginIssuer issuer = world.issuer(world.admin());
        world.server().withoutTls();
        SecretValue value = issuer.mint(world.version(1), List.of());
        assertThatThrownBy(() -> issuer.install(world.version(1), value))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("no TLS");
        assertThat(world.server().executed()).isEmpty();
    }
}
