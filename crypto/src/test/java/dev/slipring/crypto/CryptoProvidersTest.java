package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.testing.FakeSecret;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** That each slot is used for what it is for, nothing goes around them, and a provider that lacks or errs is found. */
class CryptoProvidersTest {
    private static final String GCM = "AES/GCM/NoPadding";
    private static final String KWP = "AES/KWP/NoPadding";

    private final FakeSecret ring = Keks.ring(7);

    @AfterEach
    void close() {
        ring.close();
    }

    static Stream<Arguments> lacking() {
        SpiProvider empty = new SpiProvider("Empty");
        SpiProvider sha256 = new SpiProvider("Half").with("Mac", "HmacSHA256", () -> new PlatformMac("HmacSHA256"));
        return Stream.of(
                Arguments.of(
                        CryptoProviders.builder().aead(empty).build(), "the provider for AEAD, Empty 1, lacks " + GCM),
                Arguments.of(
                        CryptoProviders.builder().mac(empty).build(),
                        "the provider for MAC, Empty 1, lacks HmacSHA256"),
                Arguments.of(
                        CryptoProviders.builder().mac(sha256).build(),
                        "the provider for MAC, Half 1, lacks HmacSHA512"),
                Arguments.of(
                        CryptoProviders.builder().keyWrap(empty).build(),
                        "the provider for key wrap, Empty 1, lacks " + KWP),
                Arguments.of(
                        CryptoProviders.fips(empty, new SecureRandom()),
                        "the provider for AEAD, Empty 1, lacks " + GCM));
    }

    @ParameterizedTest
    @MethodSource("lacking")
    void build_withAProviderThatLacksAnAlgorithm_namesSlotAlgorithmAndProvider(CryptoProviders slots, String message) {
        assertThatThrownBy(() -> built(slots))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(message);
    }

    @Test
    void fips_moduleWithoutSourceOfRandomBytes_isRefused() {
        assertThatThrownBy(() -> CryptoProviders.fips(Providers.sunJce()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("the provider for random bytes, SunJCE ")
                .hasMessageEndingWith(" lacks both DEFAULT and DRBG; name its source");
    }

    @Test
    void gcmSiv_providerForAeadThatLacksIt_isRefusedToWriteAndUnsupportedToRead() {
        CryptoProviders slots =
                CryptoProviders.builder().aead(Providers.sunJce()).build();
        EnvelopeEncryptor.Builder writer =
                EnvelopeEncryptor.builder(ring.rotating()).providers(slots).repeatableRandomness();
        assertThatThrownBy(writer::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageMatching("the provider for AEAD, SunJCE .*, lacks AES/GCM-SIV/NoPadding");
        byte[] envelope = Keks.envelope(Suite.AES_256_GCM_SIV, Keks.kek(7), Keks.HELLO);
        try (EnvelopeEncryptor reader = built(slots)) {
            Keks.assertFailure(Failure.UNSUPPORTED, () -> reader.decrypt(envelope, Keks.NOTE));
        }
    }

    @Test
    void gcmSiv_providerForAeadThatHasIt_isWrittenAndReadByIt() {
        CryptoProviders slots =
                CryptoProviders.builder().aead(Providers.bouncyCastle()).build();
        try (EnvelopeEncryptor writer = EnvelopeEncryptor.builder(ring.rotating())
                        .providers(slots)
                        .repeatableRandomness()
                        .build();
                EnvelopeEncryptor reader = built(CryptoProviders.platform())) {
            byte[] envelope = writer.encrypt(Keks.HELLO, Keks.NOTE);
            assertThat(EnvelopeHeader.read(envelope).suite()).isEqualTo(3);
            assertThat(reader.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
        }
    }

    /** An algorithm that computes something else than its name says. */
    enum Fault {
        MAC {
            @Override
            CryptoProviders.Builder into(SpiProvider provider) {
                provider.with("Mac", "HmacSHA256", () -> new PlatformMac("HmacSHA256"));
                provider.with("Mac", "HmacSHA512", () -> new PlatformMac("HmacSHA3-512"));
                return CryptoProviders.builder().mac(provider);
            }
        },
        MAC_OF_KEKS {
            @Override
            CryptoProviders.Builder into(SpiProvider provider) {
                provider.with("Mac", "HmacSHA256", () -> new PlatformMac("HmacSHA512/256"));
                provider.with("Mac", "HmacSHA512", () -> new PlatformMac("HmacSHA512"));
                return CryptoProviders.builder().mac(provider);
            }
        },
        KEY_WRAP {
            @Override
            CryptoProviders.Builder into(SpiProvider provider) {
                provider.with("Cipher", KWP, () -> new PlatformCipher("AES/KW/NoPadding"));
                return CryptoProviders.builder().keyWrap(provider);
            }
        },
        AEAD {
            @Override
            CryptoProviders.Builder into(SpiProvider provider) {
                provider.with("Cipher", GCM, DeafCipher::new);
                return CryptoProviders.builder().aead(provider);
            }
        };

        /** Adds it to {@code provider}, which then stands in its slot. */
        abstract CryptoProviders.Builder into(SpiProvider provider);
    }

    @ParameterizedTest
    @EnumSource
    void build_withAProviderThatComputesSomethingElse_isRefused(Fault fault) {
        SpiProvider provider = new SpiProvider("Wrong");
        assertWrong(fault.into(provider).build());
        SpiProvider module = new StrictModule();
        fault.into(module);
        assertWrong(CryptoProviders.fips(module));
    }

    private void assertWrong(CryptoProviders slots) {
        assertThatThrownBy(() -> built(slots))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("the known-answer test of envelope suite 1 failed: " + slots + " is wrong in ");
    }

    /** AES-GCM that leaves associated data out: it agrees with itself. */
    private static final class DeafCipher extends PlatformCipher {
        DeafCipher() {
            super(GCM);
        }

        @Override
        protected void engineUpdateAAD(byte[] from, int offset, int length) {}
    }

    @ParameterizedTest
    @EnumSource
    void build_withRandomBytesThatAreNone_isRefused(Purpose purpose) {
        CryptoProviders slots =
                CryptoProviders.builder().random(new Recorded(true)).build();
        assertThatThrownBy(() -> purpose.of(ring).providers(slots).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(" is wrong in ");
    }

    /** What the builder may be told of the writers. */
    enum Purpose {
        STANDARD,
        SHARED,
        REPEATABLE;

        EnvelopeEncryptor.Builder of(FakeSecret ring) {
            EnvelopeEncryptor.Builder builder = EnvelopeEncryptor.builder(ring.rotating());
            return switch (this) {
                case STANDARD -> builder;
                case SHARED -> builder.sharedDataKeys();
                case REPEATABLE -> builder.repeatableRandomness();
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void encrypt_withASourceOfItsOwn_drawsEveryRandomPartFromIt(Purpose purpose) throws IOException {
        Recorded random = new Recorded(false);
        CryptoProviders slots = CryptoProviders.builder().random(random).build();
        try (EnvelopeEncryptor encryptor = purpose.of(ring).providers(slots).build()) {
            random.drawn.clear();
            for (int length : new int[] {10, 20_000}) {
                byte[] envelope = encryptor.encrypt(new byte[length], Keks.NOTE);
                byte[] dek = Keks.kek(7).unwrap(Arrays.copyOfRange(envelope, 15, 55));
                assertThat(random.drawn).contains(dek);
                for (byte[] part : randomParts(envelope)) {
                    assertThat(random.drawn).contains(part);
                }
            }
            if (purpose != Purpose.REPEATABLE) {
                random.drawn.clear();
                ByteArrayOutputStream sink = new ByteArrayOutputStream();
                encryptor.streams().encrypting(sink, Keks.NOTE).close();
                assertThat(random.drawn)
                        .contains(randomParts(sink.toByteArray()).get(0));
                assertThat(random.drawn).contains(Keks.kek(7).unwrap(Arrays.copyOfRange(sink.toByteArray(), 15, 55)));
            }
        }
    }

    private static List<byte[]> randomParts(byte[] envelope) {
        return switch (EnvelopeHeader.read(envelope).suite()) {
            case 1, 3 -> List.of(Arrays.copyOfRange(envelope, 87, 99));
            case 2 -> List.of(Arrays.copyOfRange(envelope, 87, 103), Arrays.copyOfRange(envelope, 103, 115));
            default -> List.of(Arrays.copyOfRange(envelope, 87, 111));
        };
    }

    /** Remembers what it gave. */
    private static final class Recorded extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final transient List<byte[]> drawn = new ArrayList<>();
        private final boolean constant;

        Recorded(boolean constant) {
            this.constant = constant;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            if (!constant) {
                super.nextBytes(bytes);
            }
            drawn.add(bytes.clone());
        }
    }

    /** A provider before all others, whose algorithms must not be come across. */
    @ParameterizedTest
    @EnumSource
    void use_withProvidersNamed_touchesNoInstalledOne(Purpose purpose) throws IOException {
        Provider named = Providers.bouncyCastle();
        SecureRandom random = new SecureRandom();
        Tripwire tripwire = new Tripwire();
        Security.insertProviderAt(tripwire, 1);
        try (FakeSecret other = Keks.ring(9)) {
            assertThatThrownBy(() -> Mac.getInstance("HmacSHA512").init(new SecretKeySpec(new byte[1], "x")))
                    .isInstanceOf(AssertionError.class);
            try (EnvelopeEncryptor encryptor = purpose.of(ring)
                    .providers(Providers.everything(named, random))
                    .alsoOpens(other.rotating())
                    .build()) {
                useAll(encryptor, purpose);
            }
        } finally {
            Security.removeProvider(tripwire.getName());
        }
    }

    private void useAll(EnvelopeEncryptor encryptor, Purpose purpose) throws IOException {
        for (int length : new int[] {10, 20_000}) {
            byte[] envelope = encryptor.encrypt(new byte[length], Keks.NOTE);
            assertThat(encryptor.decrypt(envelope, Keks.NOTE)).isEqualTo(new byte[length]);
            ring.rotate(Keks.value(40 + length % 7));
            assertThat(encryptor.rewrap(envelope).changed()).isTrue();
        }
        if (purpose != Purpose.REPEATABLE) {
            ByteArrayOutputStream sink = new ByteArrayOutputStream();
            try (OutputStream stream = encryptor.streams().encrypting(sink, Keks.NOTE)) {
                stream.write(new byte[20_000]);
            }
            ByteArrayInputStream source = new ByteArrayInputStream(sink.toByteArray());
            assertThat(encryptor.streams().decrypting(source, Keks.NOTE).readAllBytes())
                    .isEqualTo(new byte[20_000]);
        }
    }

    private static final class Tripwire extends SpiProvider {
        private static final long serialVersionUID = 1L;

        Tripwire() {
            super("Tripwire");
            for (String name : new String[] {GCM, KWP, "2.16.840.1.101.3.4.1.48", "AES/GCM-SIV/NoPadding"}) {
                with("Cipher", name, Tripwire::trip);
            }
            for (String name : new String[] {"HmacSHA256", "HmacSHA512"}) {
                with("Mac", name, Tripwire::trip);
            }
        }

        private static Object trip() {
            throw new AssertionError("an installed provider was used");
        }
    }

    private EnvelopeEncryptor built(CryptoProviders slots) {
        return EnvelopeEncryptor.builder(ring.rotating()).providers(slots).build();
    }
}
