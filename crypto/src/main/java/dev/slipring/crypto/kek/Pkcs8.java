package dev.slipring.crypto.kek;

import java.io.IOException;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.InputDecryptorProvider;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;
import org.jspecify.annotations.Nullable;

/** Private keys in DER and PEM, encrypted (RFC 5958, PBES2 and PKCS#12's scheme) or not. Stateless. */
final class Pkcs8 {
    /** Where all that a password decrypts is computed; an instance, so that no other provider is asked or disturbed. */
    static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

    private Pkcs8() {}

    /** The one private key in a PEM file; {@code password} only if it is encrypted. */
    static PrivateKeyInfo pem(byte[] file, char @Nullable [] password) throws IOException, RefusedKeyException {
        PemKey pem = PemKey.only(file);
        byte[] der = pem.der();
        try {
            return switch (pem.label()) {
                case "PRIVATE KEY", "ENCRYPTED PRIVATE KEY" -> der(der, password);
                case "RSA PRIVATE KEY" -> {
                    requireNone(password);
                    yield new PrivateKeyInfo(
                            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                            RSAPrivateKey.getInstance(ASN1Primitive.fromByteArray(der)));
                }
                case "EC PRIVATE KEY" -> {
                    requireNone(password);
                    yield ec(ECPrivateKey.getInstance(ASN1Primitive.fromByteArray(der)));
                }
                case "OPENSSH PRIVATE KEY" ->
                    throw new RefusedKeyException("is in OpenSSH's format; ssh-keygen -p -m PKCS8 converts it");
                default -> throw new RefusedKeyException("holds no key that is read, but " + pem.label());
            };
        } finally {
            Arrays.fill(der, (byte) 0);
        }
    }

    /** The private key in {@code der}; {@code password} only if it is encrypted. */
    static PrivateKeyInfo der(byte[] der, char @Nullable [] password) throws IOException, RefusedKeyException {
        ASN1Sequence sequence = ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(der));
        if (sequence.getObjectAt(0) instanceof ASN1Integer) {
            requireNone(password);
            return PrivateKeyInfo.getInstance(sequence);
        }
        EncryptedPrivateKeyInfo encrypted = EncryptedPrivateKeyInfo.getInstance(sequence);
        if (password == null) {
            throw new RefusedKeyException("is encrypted: a password is needed");
        }
        return decrypt(encrypted, decryptor(password), new KdfBudget());
    }

    /** What opens the encryption schemes that {@link KdfBudget} lets pass. */
    static InputDecryptorProvider decryptor(char[] password) {
        return new JcePKCSPBEInputDecryptorProviderBuilder()
                .setProvider(PROVIDER)
                .build(password);
    }

    static PrivateKeyInfo decrypt(EncryptedPrivateKeyInfo key, InputDecryptorProvider decryptor, KdfBudget budget)
            throws RefusedKeyException {
        budget.spend(key.getEncryptionAlgorithm());
        try {
            return new PKCS8EncryptedPrivateKeyInfo(key).decryptPrivateKeyInfo(decryptor);
        } catch (PKCSException | RuntimeException e) {
            throw new RefusedKeyException("has another password, or was changed since it was made");
        }
    }

    private static PrivateKeyInfo ec(ECPrivateKey key) throws IOException, RefusedKeyException {
        ASN1Object curve = key.getParametersObject();
        if (curve == null) {
            throw new RefusedKeyException("holds an elliptic curve key without its curve");
        }
        return new PrivateKeyInfo(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve), (ASN1Encodable) key);
    }

    private static void requireNone(char @Nullable [] password) throws RefusedKeyException {
        if (password != null) {
            throw new RefusedKeyException("is not encrypted, but a password was given");
        }
    }
}
