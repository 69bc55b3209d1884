package dev.slipring.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.crypto.kek.TransitKeys;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.store.Commitment;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.testing.FakeSecret;
import dev.slipring.vault.TransitClient;
import dev.slipring.vault.TransitIssuer;
import dev.slipring.vault.TransitKey;
import dev.slipring.vault.TransitVersion;
import dev.slipring.vault.VaultClient;
import dev.slipring.vault.VaultException;
import dev.slipring.vault.VaultException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is the same of KEKs in a transit engine, whoever plays it. */
abstract class TransitContract extends KeyWrapperContract {
    private static final KeyBinding BINDING = new KeyBinding(7, 1, Commitment.copyOf(Keks.value(3)));

    final TransitKey key = new TransitKey("transit", "kek-" + UUID.randomUUID());
    private VaultClient client;
    TransitClient transit;
    TransitKeys keys;

    abstract VaultServer server();

    @BeforeEach
    void openTheEngine() {
        client = server().client().build();
        transit = TransitClient.of(client);
        keys = TransitKeys.of(transit);
        transit.create(key);
        transit.rotate(key);
    }

    @AfterEach
    void closeTheClient() {
        client.close();
    }

    @Override
    KeyWrapper wrapper() {
        return wrapper(keys, key.version(1));
    }

    @Override
    KeyWrapper other() {
        return wrapper(keys, key.version(2));
    }

    static KeyWrapper wrapper(TransitKeys keys, TransitVersion version) {
        return keys.wrapper(1, version.toValue());
    }

    // ---- one version of one key

    @Test
    void wrap_namesTheVersion_andNotTheNewest() {
        assertThat(new String(wrapper().wrap(Keks.value(1), BINDING), US_ASCII)).startsWith("vault:v1:");
        assertThat(new String(other().wrap(Keks.value(1), BINDING), US_ASCII)).startsWith("vault:v2:");
        assertThat(wrapper().keyId()).isEqualTo(key + "#1");
    }

    @Test
    void unwrap_bySameVersionOfAnotherKey_isRefused() {
        TransitKey another = new TransitKey("transit", "another-" + UUID.randomUUID());
        transit.create(another);
        byte[] wrapped = wrapper().wrap(Keks.value(1), BINDING);
        assertThatExceptionOfType(KeyRefusedException.class)
                .isThrownBy(() -> wrapper(keys, another.version(1)).unwrap(wrapped, BINDING))
                .withMessageContaining(another + "#1");
    }

    @Test
    void unwrap_inAnotherSpelling_isRefused() {
        String wrapped = new String(wrapper().wrap(Keks.value(1), BINDING), US_ASCII);
        for (String other : List.of(
                wrapped.replace("vault:v1:", "vault:v01:"),
                wrapped.replace("vault:v1:", "vault:v2:"),
                wrapped.replace("vault:v1:", "vault:v1::"),
                wrapped.replace("vault:", "Vault:"),
                wrapped + "\n",
                wrapped + "=",
                " " + wrapped)) {
            assertThatExceptionOfType(KeyRefusedException.class)
                    .isThrownBy(() -> wrapper().unwrap(other.getBytes(US_ASCII), BINDING));
        }
    }

    @Test
    void version_thatTheServerNoLongerTakes_isUnavailableAndNotRefused() {
        byte[] wrapped = wrapper().wrap(Keks.value(1), BINDING);
        transit.minDecryptionVersion(key.version(2));
        assertKind(Kind.INVALID, "decrypt", () -> wrapper().unwrap(wrapped, BINDING));
        assertKind(Kind.INVALID, "encrypt", () -> wrapper().wrap(Keks.value(1), BINDING));
        assertThat(other().unwrap(other().wrap(Keks.value(1), BINDING), BINDING))
                .isEqualTo(Keks.value(1));
        transit.minDecryptionVersion(key.version(1));
        assertThat(wrapper().unwrap(wrapped, BINDING)).isEqualTo(Keks.value(1));
    }

    @Test
    void version_thatTheServerDoesNotHave_isUnavailable() {
        KeyWrapper third = wrapper(keys, key.version(3));
        assertKind(Kind.INVALID, "encrypt", () -> third.wrap(Keks.value(1), BINDING));
        String wrapped = new String(wrapper().wrap(Keks.value(1), BINDING), US_ASCII).replace(":v1:", ":v3:");
        assertKind(Kind.INVALID, "decrypt", () -> third.unwrap(wrapped.getBytes(US_ASCII), BINDING));
    }

    // ---- the engine

    @Test
    void rewrap_withoutAssociatedData_movesToAnotherVersion() {
        String first = transit.encrypt(key.version(1), Keks.HELLO, new byte[0]);
        String second = transit.rewrap(key.version(2), first);
        assertThat(second).startsWith("vault:v2:");
        assertThat(transit.decrypt(key.version(2), second, new byte[0])).isEqualTo(Keks.HELLO);
        String bound = transit.encrypt(key.version(1), Keks.HELLO, new byte[] {1});
        assertKind(Kind.REFUSED, "rewrap", () -> transit.rewrap(key.version(2), bound));
    }

    @Test
    void status_tellsVersionsAndBounds() {
        transit.minEncryptionVersion(key.version(2));
        assertThat(transit.status(key).type()).isEqualTo("aes256-gcm96");
        assertThat(transit.status(key).latestVersion()).isEqualTo(2);
        assertThat(transit.status(key).minDecryptionVersion()).isEqualTo(1);
        assertThat(transit.status(key).minEncryptionVersion()).isEqualTo(2);
        assertKind(Kind.INVALID, "encrypt", () -> wrapper().wrap(Keks.value(1), BINDING));
        assertKind(Kind.INVALID, "configure key", () -> transit.minDecryptionVersion(key.version(9)));
    }

    @Test
    void create_ofAKeyThatIsThere_leavesIt() {
        transit.create(key);
        assertThat(transit.status(key).latestVersion()).isEqualTo(2);
    }

    // ---- who may not

    @Test
    void stranger_isDenied() {
        assertKind(Kind.DENIED, "encrypt", by(server().stranger(), w -> w.wrap(Keks.value(1), BINDING)));
    }

    @Test
    void policyWithoutDecrypt_wrapsAndIsDeniedTheRest() {
        byte[] wrapped = wrapper().wrap(Keks.value(1), BINDING);
        VaultClient.Builder limited = server().limited("transit/encrypt/");
        try (VaultClient writer = limited.build()) {
            KeyWrapper wrapper = wrapper(TransitKeys.of(TransitClient.of(writer)), key.version(1));
            assertThat(wrapper().unwrap(wrapper.wrap(Keks.value(1), BINDING), BINDING))
                    .isEqualTo(Keks.value(1));
            VaultException failure = assertKind(Kind.DENIED, "decrypt", () -> wrapper.unwrap(wrapped, BINDING));
            assertThat(failure.path()).isEqualTo("transit/decrypt/" + key.name());
            assertThat(failure).hasMessageContainingAll("decrypt", "transit/decrypt/" + key.name());
        }
    }

    @Test
    void unknownKey_isNotFound() {
        TransitVersion none = new TransitKey("transit", "none-" + UUID.randomUUID()).version(1);
        byte[] wrapped = wrapper().wrap(Keks.value(1), BINDING);
        assertKind(Kind.NOT_FOUND, "decrypt", () -> wrapper(keys, none).unwrap(wrapped, BINDING));
        assertKind(Kind.NOT_FOUND, "read key", () -> transit.status(none.key()));
        TransitVersion nowhere = new TransitKey("no-mount", "kek").version(1);
        assertKind(Kind.NOT_FOUND, "encrypt", () -> wrapper(keys, nowhere).wrap(Keks.value(1), BINDING));
    }

    @Test
    void wrongNamespace_isNotFound() {
        assertKind(
                Kind.NOT_FOUND,
                "encrypt",
                by(server().client().namespace("nowhere"), w -> w.wrap(Keks.value(1), BINDING)));
    }

    @Test
    void sealedServer_isSealed_untilItIsNot() {
        byte[] wrapped = wrapper().wrap(Keks.value(1), BINDING);
        server().sealed(true);
        try {
            assertKind(
                    Kind.SEALED, "decrypt", by(server().client().pause(length -> {}), w -> w.unwrap(wrapped, BINDING)));
        } finally {
            server().sealed(false);
        }
        assertThat(wrapper().unwrap(wrapped, BINDING)).isEqualTo(Keks.value(1));
    }

    // ---- envelopes

    @Test
    void envelopes_throughARotation_openAndAreRewrapped() {
        try (FakeSecret ring = FakeSecret.create(
                        "kek",
                        Keks.clock(),
                        7,
                        FakeSecret.timing(),
                        key.version(1).toValue().copyBytes());
                EnvelopeEncryptor encryptor =
                        EnvelopeEncryptor.builder(ring.rotating(), keys).build()) {
            byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
            ring.rotate(key.version(2).toValue().copyBytes());
            byte[] moved = encryptor.rewrap(envelope).bytes();
            assertThat(encryptor.checkedHeader(moved).kekVersion()).isEqualTo(2);

            transit.minDecryptionVersion(key.version(2));
            ring.move(1, VersionState.REVOKED);
            ring.refresh();
            encryptor.dropKeys();
            assertThat(encryptor.decrypt(moved, Keks.NOTE)).isEqualTo(Keks.HELLO);
            Keks.assertFailure(Failure.DISABLED, () -> encryptor.decrypt(envelope, Keks.NOTE));
            byte[] forged = Keks.flipped(moved, 8 * 60);
            Keks.assertFailure(Failure.TAMPERED, () -> encryptor.decrypt(forged, Keks.NOTE));
        }
    }

    // ---- the issuer

    @Test
    void mint_takesTheNewestThatNothingNames_andAddsOneOtherwise() {
        TransitIssuer issuer = issuer();
        SecretValue first = issuer.mint(issuance(1), List.of());
        assertThat(TransitVersion.of(first)).isEqualTo(key.version(2));
        assertThat(issuer.mint(issuance(1), List.of())).isEqualTo(first); // as after a crash
        SecretValue next = issuer.mint(issuance(2), List.of(first));
        assertThat(TransitVersion.of(next)).isEqualTo(key.version(3));
        assertThat(issuer.mint(issuance(2), List.of(first))).isEqualTo(next);
        assertThat(transit.status(key).latestVersion()).isEqualTo(3);
        assertThat(issuer.attributes(next)).containsExactlyEntriesOf(Map.of("transit", key + "#3"));
    }

    @Test
    void install_showsThatTheVersionWraps() {
        TransitIssuer issuer = issuer();
        issuer.install(issuance(1), key.version(2).toValue());
        transit.minEncryptionVersion(key.version(2));
        assertThatExceptionOfType(IssuerException.class)
                .isThrownBy(() -> issuer.install(issuance(1), key.version(1).toValue()))
                .withMessageContainingAll("install secret kek version 1", "transit/encrypt/" + key.name());
    }

    private TransitIssuer issuer() {
        return TransitIssuer.of(transit, key, InMemorySecretStore.create(Keks.clock()));
    }

    private static Issuance issuance(int version) {
        return new Issuance(SecretName.of("kek"), version, Optional.empty(), "r1", version, 1);
    }

    // ---- what these tests share

    interface Use {
        void of(KeyWrapper wrapper);
    }

    ThrowingCallable by(VaultClient.Builder who, Use use) {
        return () -> {
            try (VaultClient other = who.deadline(Duration.ofSeconds(5)).build()) {
                use.of(wrapper(TransitKeys.of(TransitClient.of(other)), key.version(1)));
            }
        };
    }

    static VaultException assertKind(Kind kind, String operation, ThrowingCallable call) {
        VaultException failure = catchThrowableOfType(VaultException.class, call);
        assertThat(failure).isNotNull().hasMessageContaining("vault " + operation + " at ");
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.operation()).isEqualTo(operation);
        return failure;
    }
}
