package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.crypto.kek.Argon2id;
import dev.slipring.crypto.kek.Derivation;
import dev.slipring.crypto.kek.TransitKeys;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.SealedSecretStore;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import dev.slipring.testing.ManualScheduler;
import dev.slipring.vault.TransitClient;
import dev.slipring.vault.TransitKey;
import dev.slipring.vault.VaultClient;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** A store sealed under a passphrase, and one under a transit key; each is followed by a next one while it is in use. */
class RootKindsTest {
    private static final TransitKey KEY = new TransitKey("transit", "root");

    private final InMemorySecretStore inner = InMemorySecretStore.create(Keks.clock());

    /** The value that is looked at: the store's own key, which is sealed like any other. */
    private final AtomicReference<SecretValue> known = new AtomicReference<>();

    // ---- a passphrase

    @Test
    void passphrase_followedByAnother_opensOldAndNewUntilAllIsRewritten() {
        Map<Integer, String> kept = Map.of(1, derivation(), 2, derivation());
        rotates(
                RootKey.of("root-key", Map.of(1, key(kept, 1)), 1),
                RootKey.of("root-key", Map.of(1, key(kept, 1), 2, key(kept, 2)), 2),
                RootKey.of("root-key", Map.of(2, key(kept, 2)), 2),
                root -> EnvelopeEncryptor.builder(root).build());
    }

    @Test
    void passphrase_mistyped_opensNothing() {
        String derivation = derivation();
        SecretValue right = Derivation.parse(derivation).derive("six words that dice chose maybe".toCharArray());
        SecretValue wrong = Derivation.parse(derivation).derive("six words that dice chose mayby".toCharArray());
        with(RootKey.of("root-key", Map.of(1, right), 1), RootKindsTest::local, this::put);
        with(RootKey.of("root-key", Map.of(1, wrong), 1), RootKindsTest::local, store -> {
            assertThatThrownBy(() -> store.installationKey())
                    .isInstanceOf(UnusableRecordException.class)
                    .hasMessageContaining("secret slipring.installation-key version 1");
        });
    }

    // ---- a transit key

    @Test
    void transitKey_followedByItsNextVersion_opensOldAndNewUntilAllIsRewritten() {
        try (FakeVault vault = new FakeVault();
                VaultClient client = vault.client().pause(length -> {}).build()) {
            TransitClient transit = TransitClient.of(client);
            transit.create(KEY);
            transit.rotate(KEY);
            SecretValue one = KEY.version(1).toValue();
            SecretValue two = KEY.version(2).toValue();
            Function<RotatingSecret, EnvelopeEncryptor> encryptor = root ->
                    EnvelopeEncryptor.builder(root, TransitKeys.of(transit)).build();
            rotates(
                    RootKey.naming("root-key", Map.of(1, one), 1),
                    RootKey.naming("root-key", Map.of(1, one, 2, two), 2),
                    RootKey.naming("root-key", Map.of(2, two), 2),
                    encryptor);
            transit.minDecryptionVersion(KEY.version(2));
            with(RootKey.naming("root-key", Map.of(2, two), 2), encryptor, this::assertHolds);

            vault.sealed(true);
            with(RootKey.naming("root-key", Map.of(2, two), 2), encryptor, store -> {
                assertThatThrownBy(() -> store.installationKey())
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessageContainingAll("secret slipring.installation-key version 1", "transit/root#2");
            });
            vault.sealed(false);
            with(RootKey.naming("root-key", Map.of(2, two), 2), encryptor, this::assertHolds);
        }
    }

    @Test
    void naming_withoutTheVersionThatSeals_isRefused() {
        SecretValue one = KEY.version(1).toValue();
        for (Map<Integer, SecretValue> versions : List.of(Map.<Integer, SecretValue>of(), Map.of(1, one))) {
            assertThatThrownBy(() -> RootKey.naming("root-key", versions, 2))
                    .isInstanceOf(UnusableRecordException.class)
                    .hasMessageContaining("root-key");
        }
    }

    // ---- the change of a root key

    private void rotates(
            RootKey first, RootKey both, RootKey second, Function<RotatingSecret, EnvelopeEncryptor> encryptor) {
        with(first, encryptor, this::put);
        with(both, encryptor, store -> {
            assertHolds(store);
            assertThat(store.census().remaining(1)).hasValue(1);
            assertThat(store.resealAll().changed()).isEqualTo(1);
            assertThat(store.census().byRootVersion()).isEqualTo(Map.of(2, 1L));
        });
        with(second, encryptor, this::assertHolds);
    }

    private void with(
            RootKey rootKey, Function<RotatingSecret, EnvelopeEncryptor> encryptor, Consumer<SealedSecretStore> use) {
        try (rootKey;
                RotatingSecret root = rootKey.follow(ManualScheduler.on(Keks.clock()));
                EnvelopeEncryptor sealing = encryptor.apply(root)) {
            use.accept(SealedSecretStore.around(inner, EnvelopeValueSealer.of(sealing)));
        }
    }

    private void put(SealedSecretStore store) {
        known.set(store.installationKey());
        assertHolds(store);
    }

    private void assertHolds(SealedSecretStore store) {
        assertThat(store.installationKey()).isEqualTo(known.get());
    }

    private static EnvelopeEncryptor local(RotatingSecret root) {
        return EnvelopeEncryptor.builder(root).build();
    }

    private static String derivation() {
        return Derivation.random(Argon2id.of(Argon2id.MIN_MEMORY, 2, 1)).toString();
    }

    private static SecretValue key(Map<Integer, String> kept, int version) {
        char[] passphrase = ("passphrase number " + version + " of four words").toCharArray();
        return Derivation.parse(kept.get(version)).derive(passphrase);
    }
}
