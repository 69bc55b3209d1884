package dev.slipring.crypto.kek;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.slipring.crypto.Context;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.Keks;
import dev.slipring.keyring.Hkdf;
import dev.slipring.keyring.SecretValue;
import dev.slipring.testing.FakeSecret;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Security;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.misc.MiscObjectIdentifiers;
import org.bouncycastle.asn1.misc.ScryptParams;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.MacData;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Key files of OpenSSL 3.0, ssh-keygen and keytool, as {@code oracles/keyfiles} recorded them. */
class KeyFileTest {
    private static final char[] PASSWORD = "correct horse battery".toCharArray();
    private static final char[] WRONG = "correct horse batterz".toCharArray();

    @Test
    void privateKey_inEverySpelling_isTheSameValue() throws Exception {
        byte[] rsa = value("rsa.pem", KeyFile::pem);
        assertThat(rsa).hasSize(32);
        for (String spelling : List.of("rsa-traditional.pem", "rsa-with-certificate.pem")) {
            assertThat(value(spelling, KeyFile::pem)).as(spelling).isEqualTo(rsa);
        }
        for (String spelling : List.of("rsa-pbes2.pem", "rsa-scrypt.pem", "rsa-pkcs12pbe.pem")) {
            assertThat(value(spelling, file -> file.pem(PASSWORD))).as(spelling).isEqualTo(rsa);
        }
        assertThat(value("rsa.der", KeyFile::pkcs8)).isEqualTo(rsa);
        assertThat(value("rsa-pbes2.der", file -> file.pkcs8(PASSWORD))).isEqualTo(rsa);
        for (String spelling : List.of("rsa.p12", "rsa-legacy.p12")) {
            assertThat(value(spelling, file -> file.pkcs12(PASSWORD)))
                    .as(spelling)
                    .isEqualTo(rsa);
            assertThat(value(spelling, file -> file.pkcs12(PASSWORD, "KEK")))
                    .as(spelling)
                    .isEqualTo(rsa);
        }
        for (String curve : List.of("P-256", "P-384")) {
            byte[] ec = value("ec-" + curve + ".pem", KeyFile::pem);
            assertThat(value("ec-" + curve + "-traditional.pem", KeyFile::pem)).isEqualTo(ec);
            assertThat(value("ec-" + curve + "-private-only.pem", KeyFile::pem)).isEqualTo(ec);
        }
        assertThat(value("ec-with-parameters.pem", KeyFile::pem)).hasSize(32);
    }

    /** Computed here from the JDK's own encodings, which for these keys have nothing that is left out. */
    @Test
    void privateKey_value_isHkdfOfItsPkcs8() throws Exception {
        for (String[] key : new String[][] {
            {"rsa.pem", "RSA"}, {"ED25519.pem", "Ed25519"}, {"ED448.pem", "Ed448"}, {"X25519.pem", "X25519"}
        }) {
            String base64 = new String(resource(key[0]), US_ASCII).replaceAll("-----[A-Z ]+-----|\\s", "");
            byte[] pkcs8 = KeyFactory.getInstance(key[1])
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)))
                    .getEncoded();
            byte[] prk = Hkdf.SHA256.extract("slipring/kek/private-key".getBytes(US_ASCII), pkcs8);
            assertThat(value(key[0], KeyFile::pem)).isEqualTo(Hkdf.SHA256.expand(prk, new byte[0], 32));
        }
    }

    @Test
    void secretKey_inAKeyStoreOfTheJdk_isTheValueAsItIs() throws IOException {
        int read = 0;
        for (String line : new String(resource("secret-keys.txt"), US_ASCII).split("\n")) {
            String[] parts = line.split(" ");
            byte[] key = HexFormat.of().parseHex(parts[2]);
            if (key.length < 32) {
                assertRefused(
                        parts[0], file -> file.pkcs12(PASSWORD), "secret key of 16 bytes; a KEK takes at least 32");
            } else {
                assertThat(value(parts[0], file -> file.pkcs12(PASSWORD, parts[1])))
                        .isEqualTo(key);
                read++;
            }
        }
        assertThat(read).isEqualTo(4);
        assertRefused("two.p12", file -> file.pkcs12(PASSWORD), "holds 2 keys, not one");
        assertRefused("two.p12", file -> file.pkcs12(PASSWORD, "third"), "holds 0 keys of that alias");
        assertRefused("certificate.p12", file -> file.pkcs12(PASSWORD), "holds 0 keys, not one");
    }

    @Test
    void value_adoptedAsAKek_encrypts() throws IOException {
        byte[] value = value("aes256.p12", file -> file.pkcs12(PASSWORD));
        try (FakeSecret ring = FakeSecret.create("imported", Keks.clock(), value);
                EnvelopeEncryptor encryptor =
                        EnvelopeEncryptor.builder(ring.rotating()).build()) {
            byte[] envelope = encryptor.encrypt(Keks.HELLO, Context.none());
            assertThat(encryptor.decrypt(envelope, Context.none())).isEqualTo(Keks.HELLO);
        }
    }

    @Test
    void password_wrong_isSaid() {
        String said = "has another password, or was changed";
        for (String name : List.of("rsa-pbes2.pem", "rsa-scrypt.pem", "rsa-pkcs12pbe.pem")) {
            assertRefused(name, file -> file.pem(WRONG), said);
        }
        assertRefused("rsa-pbes2.der", file -> file.pkcs8(WRONG), said);
        for (String name : List.of("rsa.p12", "rsa-legacy.p12", "aes256.p12")) {
            assertRefused(name, file -> file.pkcs12(WRONG), said);
            assertRefused(name, file -> file.pkcs12(new char[0]), said);
        }
    }

    @Test
    void password_missingOrOfNoUse_isSaid() {
        assertRefused("rsa-pbes2.pem", KeyFile::pem, "is encrypted: a password is needed");
        assertRefused("rsa-pbes2.der", KeyFile::pkcs8, "is encrypted: a password is needed");
        for (String name : List.of("rsa.pem", "rsa-traditional.pem", "ec-P-256-traditional.pem")) {
            assertRefused(name, file -> file.pem(PASSWORD), "is not encrypted, but a password was given");
        }
    }

    @Test
    void key_weakOrPublished_isRefused() throws IOException {
        assertRefused("weak-rsa-2048.pem", KeyFile::pem, "RSA key of 2048 bits; a KEK takes at least 3072");
        assertRefused("weak-ec-P-224.pem", KeyFile::pem, "a KEK takes curves of at least 256 bits");
        assertRefused("ec-explicit.pem", KeyFile::pem, "curve is not given by name");
        byte[] filler = new byte[34];
        Arrays.fill(filler, 2, 34, (byte) 'x');
        filler[0] = 4;
        filler[1] = 32;
        byte[] ed25519 = resource("ED25519.pem");
        byte[] der = Base64.getMimeDecoder().decode(new String(ed25519, US_ASCII).replaceAll("-----[A-Z ]+-----", ""));
        System.arraycopy(filler, 0, der, der.length - 34, 34);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyFile.of("filler", der).pkcs8())
                .withMessage("filler holds a key that is one byte repeated");
        byte[] trivial = new PrivateKeyInfo(
                        new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                        rsa(BigInteger.ONE.shiftLeft(3072).subtract(BigInteger.ONE), BigInteger.ONE))
                .getEncoded();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyFile.of("trivial", trivial).pkcs8())
                .withMessage("trivial holds an RSA key whose parts do not belong together");
        byte[] shortKey = new PrivateKeyInfo(
                        new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519),
                        new DEROctetString(new byte[] {1, 2, 3}))
                .getEncoded();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyFile.of("short", shortKey).pkcs8())
                .withMessage("short holds a key of 3 bytes where its algorithm has 32");
        byte[] other = new PrivateKeyInfo(
                        new AlgorithmIdentifier(PKCSObjectIdentifiers.dhKeyAgreement), new DEROctetString(filler))
                .getEncoded();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyFile.of("dh", other).pkcs8())
                .withMessage("dh holds a key for 1.2.840.113549.1.3.1, which is not taken as a KEK");
    }

    private static RSAPrivateKey rsa(BigInteger prime1, BigInteger prime2) {
        BigInteger one = BigInteger.ONE;
        return new RSAPrivateKey(prime1.multiply(prime2), one, one, prime1, prime2, one, one, one);
    }

    @Test
    void format_thatIsNotRead_isRefusedByName() {
        assertRefused("openssh.pem", KeyFile::pem, "OpenSSH's format; ssh-keygen -p -m PKCS8 converts it");
        assertRefused("rsa-traditional-encrypted.pem", file -> file.pem(PASSWORD), "encrypted in the old way of PEM");
        assertRefused("rsa-pbes1.pem", file -> file.pem(PASSWORD), "is encrypted by 1.2.840.113549.1.5.3");
        assertRefused("aes256.jceks", file -> file.pkcs12(PASSWORD), "is a JKS or JCEKS key store");
        assertRefused("rsa-nomac.p12", file -> file.pkcs12(PASSWORD), "has no MAC");
        assertRefused("rsa.pem", KeyFile::pkcs8, "is no PKCS#8 file with a key, or is damaged");
        assertRefused("rsa.der", KeyFile::pem, "holds no private key in PEM");
        assertRefused("rsa.der", file -> file.pkcs12(PASSWORD), "is no PKCS#12 file with a key, or is damaged");
    }

    @Test
    void pem_ofMoreOrLessThanOneKey_isRefused() throws IOException {
        byte[] one = resource("ED25519.pem");
        byte[] two = Arrays.copyOf(one, 2 * one.length);
        System.arraycopy(one, 0, two, one.length, one.length);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyFile.of("two", two).pem())
                .withMessage("two holds more than one private key");
        for (int length = 1; length < one.length - 1; length++) {
            byte[] cut = Arrays.copyOf(one, length);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KeyFile.of("cut", cut).pem())
                    .withMessageStartingWith("cut ");
        }
    }

    @Test
    void pkcs12_aBitOfEachByteChanged_isRefusedOrTheSameValue() throws IOException {
        byte[] good = resource("aes256.p12");
        byte[] value = value("aes256.p12", file -> file.pkcs12(PASSWORD));
        for (int i = 0; i < good.length; i++) {
            byte[] changed = good.clone();
            changed[i] ^= (byte) (1 << (i % 8));
            try {
                SecretValue read = KeyFile.of("changed", changed).pkcs12(PASSWORD);
                assertThat(read.copyBytes()).isEqualTo(value);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("changed ").hasNoCause();
            }
            byte[] cut = Arrays.copyOf(good, i);
            if (i % 4 == 1) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> KeyFile.of("cut", cut).pkcs12(PASSWORD));
            }
        }
    }

    @Test
    void work_thatAHostileFileAsksFor_isRefusedBeforeItIsDone() throws IOException {
        KeyDerivationFunc endless = new KeyDerivationFunc(
                PKCSObjectIdentifiers.id_PBKDF2, new PBKDF2Params(new byte[16], Integer.MAX_VALUE));
        KeyDerivationFunc none =
                new KeyDerivationFunc(PKCSObjectIdentifiers.id_PBKDF2, new PBKDF2Params(new byte[16], 0));
        for (KeyDerivationFunc derivation : List.of(endless, none)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> encryptedBy(derivation).pkcs8(PASSWORD))
                    .withMessage("hostile asks for more than 3000000 iterations, or for none");
        }
        KeyDerivationFunc longKey = new KeyDerivationFunc(
                PKCSObjectIdentifiers.id_PBKDF2, new PBKDF2Params(new byte[16], 1000, Integer.MAX_VALUE));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encryptedBy(longKey).pkcs8(PASSWORD))
                .withMessageContaining("has another password");
        KeyDerivationFunc huge =
                new KeyDerivationFunc(MiscObjectIdentifiers.id_scrypt, new ScryptParams(new byte[16], 1 << 20, 8, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encryptedBy(huge).pkcs8(PASSWORD))
                .withMessage("hostile asks for scrypt with more than 67108864 bytes");
        KeyDerivationFunc slow = new KeyDerivationFunc(
                MiscObjectIdentifiers.id_scrypt, new ScryptParams(new byte[16], 1 << 16, 8, 1 << 20));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encryptedBy(slow).pkcs8(PASSWORD))
                .withMessageContaining("iterations");

        Pfx pfx = Pfx.getInstance(resource("aes256.p12"));
        byte[] encoded = new Pfx(
                        pfx.getAuthSafe(),
                        new MacData(
                                pfx.getMacData().getMac(), pfx.getMacData().getSalt(), KdfBudget.MAX_ITERATIONS + 1))
                .getEncoded();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyFile.of("hostile", encoded).pkcs12(PASSWORD))
                .withMessageContaining("iterations");
    }

    private static KeyFile encryptedBy(KeyDerivationFunc derivation) throws IOException {
        EncryptionScheme scheme =
                new EncryptionScheme(NISTObjectIdentifiers.id_aes256_CBC, new DEROctetString(new byte[16]));
        AlgorithmIdentifier pbes2 =
                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2, new PBES2Parameters(derivation, scheme));
        return KeyFile.of("hostile", new EncryptedPrivateKeyInfo(pbes2, new byte[64]).getEncoded());
    }

    @Test
    void file_deeplyNested_isRefused() {
        byte[] nested = new byte[KeyFile.MAX_LENGTH];
        for (int i = 0; i < nested.length; i += 2) {
            nested[i] = 0x30;
            nested[i + 1] = (byte) 0x80;
        }
        KeyFile file = KeyFile.of("nested", nested);
        assertThatIllegalArgumentException().isThrownBy(file::pkcs8);
        assertThatIllegalArgumentException().isThrownBy(() -> file.pkcs12(PASSWORD));
    }

    @Test
    void file_readFromDisk_isBoundedNamedAndWiped(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("kek.pem");
        Files.write(path, resource("ED25519.pem"));
        KeyFile file = KeyFile.read(path);
        try (file) {
            assertThat(file.pem().copyBytes()).isEqualTo(value("ED25519.pem", KeyFile::pem));
            assertThat(file).hasToString("KeyFile[" + path + ", 119 bytes]");
        }
        assertThatIllegalStateException().isThrownBy(file::pem);
        Files.write(path, new byte[KeyFile.MAX_LENGTH + 1]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyFile.read(path))
                .withMessageStartingWith(path.toString());
        assertThatIllegalArgumentException().isThrownBy(() -> KeyFile.of("empty", new byte[0]));
    }

    @Test
    void provider_ofTheImport_isNotInstalled() throws IOException {
        value("rsa.p12", file -> file.pkcs12(PASSWORD));
        assertThat(Security.getProviders())
                .noneMatch(provider -> provider.getName().equals("BC"));
    }

    private static void assertRefused(String name, Function<KeyFile, SecretValue> use, String reason) {
        assertThatIllegalArgumentException()
                .as(name)
                .isThrownBy(() -> value(name, use))
                .withMessageStartingWith(name + " ")
                .withMessageContaining(reason)
                .withNoCause();
    }

    static byte[] value(String name, Function<KeyFile, SecretValue> use) throws IOException {
        try (KeyFile file = KeyFile.of(name, resource(name))) {
            return use.apply(file).copyBytes();
        }
    }

    static byte[] resource(String name) throws IOException {
        try (InputStream in = KeyFileTest.class.getResourceAsStream("/vectors/kek/" + name)) {
            if (in == null) {
                throw new IOException("no resource /vectors/kek/" + name);
            }
            return in.readAllBytes();
        }
    }
}
