package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.testing.FakeSecret;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** That the tests of providers run on a real module, in the mode that was approved, and on nothing else. */
@Tag("fips")
class FipsModuleTest {
    @Test
    void module_inThisExecution_isApprovedOnlyAndStandsAlone() throws Exception {
        Object approved = Class.forName("org.bouncycastle.crypto.CryptoServicesRegistrar")
                .getMethod("isInApprovedOnlyMode")
                .invoke(null);
        assertThat(approved).isEqualTo(true);
        assertThat(Providers.fipsModule()).isTrue();
        assertThat(Providers.all()).hasSize(2);
        assertThat(Providers.module().getName()).isEqualTo("BCFIPS");
        assertThat(Security.getProviders()).extracting(Provider::getName).doesNotContain("BCFIPS", "BC");
        for (String absent :
                new String[] {"org.bouncycastle.jce.provider.BouncyCastleProvider", "org.bouncycastle.openssl.PEMParser"
                }) {
            assertThatThrownBy(() -> Class.forName(absent)).isInstanceOf(ClassNotFoundException.class);
        }
    }

    /** Which is why ciphers are given the source of the slot, and not left to take the platform's. */
    @Test
    void module_givenThePlatformsRandomBytes_makesNoIv() throws Exception {
        Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding", Providers.module());
        SecretKeySpec key = new SecretKeySpec(Keks.value(1), "AES");
        assertThatThrownBy(() -> gcm.init(Cipher.ENCRYPT_MODE, key))
                .isInstanceOf(Error.class)
                .hasMessageContaining("IV");
        try (FakeSecret ring = Keks.ring(7)) {
            EnvelopeEncryptor.Builder builder = EnvelopeEncryptor.builder(ring.rotating())
                    .providers(CryptoProviders.fips(Providers.module(), new SecureRandom()));
            assertThatThrownBy(builder::build).isInstanceOf(Error.class).hasMessageContaining("IV");
        }
    }

    @Test
    void module_withItsSourceOfNonces_isTaken() throws Exception {
        Provider module = Providers.module();
        CryptoProviders profile = CryptoProviders.fips(module, SecureRandom.getInstance("NONCEANDIV", module));
        try (FakeSecret ring = Keks.ring(7);
                EnvelopeEncryptor encryptor = EnvelopeEncryptor.builder(ring.rotating())
                        .providers(profile)
                        .build()) {
            byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
            assertThat(encryptor.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
        }
    }
}
