package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.slipring.crypto.kek.TransitKeys;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.Commitment;
import dev.slipring.vault.TransitClient;
import dev.slipring.vault.TransitKey;
import dev.slipring.vault.TransitVersion;
import dev.slipring.vault.VaultException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransitKeysTest extends TransitContract {
    private static final KeyBinding BINDING = new KeyBinding(7, 1, Commitment.copyOf(Keks.value(3)));

    private final FakeVault vault = new FakeVault();

    @Override
    VaultServer server() {
        return vault;
    }

    @AfterEach
    void stop() {
        vault.close();
    }

    @Test
    void overload_isWaitedOut() {
        vault.overloaded(3);
        assertThat(wrapper().wrap(Keks.value(1), BINDING)).isNotEmpty();
    }

    @Test
    void lostReplies_ofWrapping_areAskedForAgain_andThoseOfRotatingNot() {
        vault.losing(2);
        byte[] wrapped = wrapper().wrap(Keks.value(1), BINDING);
        assertThat(wrapper().unwrap(wrapped, BINDING)).isEqualTo(Keks.value(1));
        vault.losing(1);
        assertKind(Kind.UNAVAILABLE, "rotate key", () -> transit.rotate(key));
        assertThat(transit.status(key).latestVersion()).isEqualTo(3);
    }

    @Test
    void garbage_isUnreadable() {
        byte[] wrapped = wrapper().wrap(Keks.value(1), BINDING);
        vault.garbage("<html>");
        assertKind(Kind.UNREADABLE, "decrypt", () -> wrapper().unwrap(wrapped, BINDING));
        vault.garbage("{\"data\":{\"plaintext\":\"*\"}}");
        assertKind(Kind.UNREADABLE, "decrypt", () -> wrapper().unwrap(wrapped, BINDING));
        vault.garbage("{\"data\":{\"ciphertext\":\"vault:v2:AAAA\"}}");
        assertKind(Kind.UNREADABLE, "encrypt", () -> wrapper().wrap(Keks.value(1), BINDING));
    }

    @Test
    void serverThatIsDown_isUnavailable_withinTheDeadline() {
        vault.down(true);
        assertKind(
                Kind.UNAVAILABLE,
                "encrypt",
                by(server().client().deadline(Duration.ofMillis(200)), w -> w.wrap(Keks.value(1), BINDING)));
        vault.down(false);
        assertThat(wrapper().wrap(Keks.value(1), BINDING)).isNotEmpty();
    }

    @Test
    void unwrap_ofAnotherVersionOrNoCiphertext_costsNoCall() {
        byte[] wrapped = other().wrap(Keks.value(1), BINDING);
        int calls = vault.lines().size();
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> wrapper().unwrap(wrapped, BINDING)))
                .isInstanceOf(KeyRefusedException.class);
        assertThat(vault.lines()).hasSize(calls);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "transit/kek",
                "transit/kek#",
                "transit/kek#0",
                "transit/kek#01",
                "transit/kek#+1",
                "kek#1",
                "/kek#1",
                "transit/#1",
                "transit//kek#1",
                "transit/../sys/seal#1",
                "transit/kek#1#2",
                "transit/k k#1",
                "transit/kek#1\n",
                "transit/kek?x#1",
                "transit/%2e%2e#1",
                "transit/kek#9999999999",
                "transit/.#1"
            })
    void wrapper_ofAValueThatNamesNoVersion_isRefusedWithoutIt(String text) {
        SecretValue value = SecretValue.copyOf(text.getBytes(StandardCharsets.UTF_8));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> TransitKeys.of(TransitClient.of(server().client().build()))
                                .wrapper(1, value))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(text.length() > 1 ? text : "\0"));
    }

    @Test
    void version_printed_parsesAsItself() {
        for (String text : new String[] {"transit/payments#3", "team/a/transit/key-1.b#999999999"}) {
            assertThat(TransitVersion.parse(text)).hasToString(text);
            assertThat(TransitVersion.of(TransitVersion.parse(text).toValue())).hasToString(text);
        }
        assertThat(TransitVersion.parse("a/b/c#7")).isEqualTo(new TransitKey("a/b", "c").version(7));
    }
}
