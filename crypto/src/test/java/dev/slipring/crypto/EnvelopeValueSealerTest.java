package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.ResealReport;
import dev.slipring.store.SealedSecretStore;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import dev.slipring.testing.FakeSecret;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EnvelopeValueSealerTest {
    private static final SecretName NAME = SecretName.of("session");
    private static final SecretName OTHER = SecretName.of("session-2");

    private final FakeSecret root = Keks.ring(1);
    private final EnvelopeEncryptor encryptor =
            EnvelopeEncryptor.builder(root.rotating()).build();
    private final EnvelopeValueSealer sealer = EnvelopeValueSealer.of(encryptor);

    @AfterEach
    void close() {
        encryptor.close();
        root.close();
    }

    @Test
    void seal_opensAsTheValueOfItsSecretAndVersionOnly() {
        SecretValue sealed = sealer.seal(NAME, 1, value("hunter2"));

        assertThat(sealer.open(NAME, 1, sealed)).isEqualTo(value("hunter2"));
        assertUnusable(() -> sealer.open(NAME, 2, sealed), "secret session version 2");
        assertUnusable(() -> sealer.open(OTHER, 1, sealed), "secret session-2 version 1");
        assertUnusable(() -> sealer.reseal(NAME, 2, sealed), "secret session version 2");
        assertUnusable(() -> sealer.rootVersion(NAME, 2, sealed), "secret session version 2");
        String shown = sealed.reveal(bytes -> new String(bytes, StandardCharsets.ISO_8859_1));
        assertThat(shown).doesNotContain("hunter2");
    }

    @Test
    void seal_asAnEnvelopeOfTheApplication_isNotMistakenForOne() {
        SecretValue sealed =
                SecretValue.copyOf(encryptor.encrypt(Keks.HELLO, Context.of("secret", "session", "version", "1")));
        assertUnusable(() -> sealer.open(NAME, 1, sealed), "secret session version 1");
    }

    @Test
    void seal_longestValueThatFits_isSealedAndOneByteMoreIsNot() {
        // As many chunks as the longest has: each costs a tag.
        int nearly = SecretValue.MAX_LENGTH - 1024;
        int overhead =
                sealer.seal(NAME, 1, SecretValue.copyOf(new byte[nearly])).length() - nearly;
        SecretValue longest = SecretValue.copyOf(new byte[SecretValue.MAX_LENGTH - overhead]);
        SecretValue longer = SecretValue.copyOf(new byte[SecretValue.MAX_LENGTH - overhead + 1]);

        assertThat(sealer.open(NAME, 1, sealer.seal(NAME, 1, longest))).isEqualTo(longest);
        assertThatThrownBy(() -> sealer.seal(NAME, 1, longer))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("secret session version 1", longer.length() + " bytes", "49152");
    }

    @Test
    void reseal_underAnotherPrimary_opensWithoutTheOldRoot() {
        SecretValue sealed = sealer.seal(NAME, 1, value("hunter2"));
        assertThat(sealer.rootVersion(NAME, 1, sealed)).isEqualTo(1);
        assertThat(sealer.reseal(NAME, 1, sealed)).isEmpty();
        root.rotate(Keks.value(2));

        SecretValue resealed = sealer.reseal(NAME, 1, sealed).orElseThrow();
        assertThat(sealer.rootVersion(NAME, 1, resealed)).isEqualTo(2);
        assertThat(sealer.reseal(NAME, 1, resealed)).isEmpty();
        root.move(1, VersionState.DESTROYED);
        root.refresh();
        assertThat(sealer.open(NAME, 1, resealed)).isEqualTo(value("hunter2"));
        assertUnusable(() -> sealer.open(NAME, 1, sealed), "secret session version 1", "version 1 is DESTROYED");
    }

    @Test
    void open_underARootThatIsNotKnownYet_isUnavailable() {
        root.rotate(Keks.value(2));
        SecretValue sealed = sealer.seal(NAME, 1, value("hunter2"));
        try (FakeSecret late = Keks.ring(1);
                EnvelopeEncryptor behind =
                        EnvelopeEncryptor.builder(late.rotating()).build()) {
            assertThatThrownBy(() -> EnvelopeValueSealer.of(behind).open(NAME, 1, sealed))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContainingAll("secret session version 1", "version 2 is not known");
        }
    }

    @Test
    void anyBitChanged_isFoundByOpeningResealingAndCounting() {
        SecretValue sealed = sealer.seal(NAME, 1, value("hunter2"));
        root.rotate(Keks.value(2));
        byte[] bytes = sealed.copyBytes();
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            SecretValue changed = SecretValue.copyOf(Keks.flipped(bytes, bit));
            if (bit / 8 >= 9 && bit / 8 < 13) {
                continue; // another root version
            }
            assertUnusable(() -> sealer.open(NAME, 1, changed), "secret session version 1");
            assertUnusable(() -> sealer.reseal(NAME, 1, changed), "secret session version 1");
            assertUnusable(() -> sealer.rootVersion(NAME, 1, changed), "secret session version 1");
        }
    }

    @Test
    void isSealed_isTrueOfEnvelopesAndOfNoRandomKey() {
        assertThat(sealer.isSealed(sealer.seal(NAME, 1, value("x")))).isTrue();
        assertThat(sealer.isSealed(value("hunter2"))).isFalse();
        byte[] key = new byte[64];
        new Random(1).nextBytes(key);
        key[0] = (byte) 0xF5;
        key[1] = 0x53;
        assertThat(sealer.isSealed(SecretValue.copyOf(key))).isFalse();
        assertThat(sealer.isSealed(SecretValue.copyOf(new byte[200]))).isFalse();
    }

    @Test
    void sealedStore_underAnotherRoot_keepsItsInstallationKey() {
        InMemorySecretStore inner = InMemorySecretStore.create(Keks.clock());
        SecretValue installation = inner.installationKey();
        SealedSecretStore store = SealedSecretStore.around(inner, sealer);
        SecretValue key = store.installationKey();
        root.rotate(Keks.value(2));

        assertThat(store.resealAll()).isEqualTo(new ResealReport(1, 0, 0, Map.of()));
        assertThat(store.census().byRootVersion()).isEqualTo(Map.of(2, 1L));
        assertThat(store.installationKey()).isEqualTo(key).isNotEqualTo(installation);
        assertThat(key.length()).isEqualTo(32);
        assertThat(store.value(NAME, 1)).isEqualTo(Optional.empty());
    }

    @Test
    void toString_showsNothingOfTheKey() {
        assertThat(sealer).hasToString("EnvelopeValueSealer[" + encryptor + "]");
    }

    private static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertUnusable(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOf(UnusableRecordException.class)
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("hunter");
    }
}
