package dev.slipring.crypto.kek;

import dev.slipring.keyring.Hkdf;
import dev.slipring.keyring.SecretStrength;
import dev.slipring.keyring.SecretValue;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.util.BigIntegers;

/** Makes the value of a KEK of a key, or says why it must not be one. Stateless. */
final class KeyMaterial {
    /** Length of a derived value, and the least of one that is taken as it is, in bytes. */
    static final int LENGTH = 32;

    private static final int MIN_MODULUS_BITS = 3072;
    private static final int MIN_PRIME_BITS = 1024;
    private static final int MIN_CURVE_BITS = 256;
    private static final Map<ASN1ObjectIdentifier, Integer> EDWARDS_LENGTHS = Map.of(
            EdECObjectIdentifiers.id_X25519, 32,
            EdECObjectIdentifiers.id_X448, 56,
            EdECObjectIdentifiers.id_Ed25519, 32,
            EdECObjectIdentifiers.id_Ed448, 57);
    private static final byte[] SALT = "slipring/kek/private-key".getBytes(StandardCharsets.US_ASCII);
    private static final Set<ASN1ObjectIdentifier> HMACS = Set.of(
            PKCSObjectIdentifiers.id_hmacWithSHA1,
            PKCSObjectIdentifiers.id_hmacWithSHA224,
            PKCSObjectIdentifiers.id_hmacWithSHA256,
            PKCSObjectIdentifiers.id_hmacWithSHA384,
            PKCSObjectIdentifiers.id_hmacWithSHA512);

    private KeyMaterial() {}

    static SecretValue value(PrivateKeyInfo key) throws IOException, RefusedKeyException {
        ASN1ObjectIdentifier algorithm = key.getPrivateKeyAlgorithm().getAlgorithm();
        if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return derived(canonicalRsa(RSAPrivateKey.getInstance(key.parsePrivateKey())));
        }
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            return derived(canonicalEc(key));
        }
        Integer length = EDWARDS_LENGTHS.get(algorithm);
        if (length != null) {
            return derived(canonicalEdwards(key, length));
        }
        if (algorithm.equals(NISTObjectIdentifiers.aes)
                || algorithm.on(NISTObjectIdentifiers.aes)
                || HMACS.contains(algorithm)) {
            return secret(key.getPrivateKey().getOctets());
        }
        throw new RefusedKeyException("holds a key for " + algorithm.getId() + ", which is not taken as a KEK");
    }

    private static SecretValue secret(byte[] key) throws RefusedKeyException {
        try {
            if (key.length < LENGTH) {
                throw new RefusedKeyException(
                        "holds a secret key of " + key.length + " bytes; a KEK takes at least " + LENGTH);
            }
            requireUnpublished(key);
            return SecretValue.copyOf(key);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static SecretValue derived(PrivateKeyInfo canonical) throws IOException {
        byte[] encoded = canonical.getEncoded(ASN1Encoding.DER);
        byte[] prk = Hkdf.SHA256.extract(SALT, encoded);
        byte[] value = Hkdf.SHA256.expand(prk, new byte[0], LENGTH);
        try {
            return SecretValue.copyOf(value);
        } finally {
            Arrays.fill(encoded, (byte) 0);
            Arrays.fill(prk, (byte) 0);
            Arrays.fill(value, (byte) 0);
        }
    }

    private static PrivateKeyInfo canonicalRsa(RSAPrivateKey key) throws IOException, RefusedKeyException {
        BigInteger modulus = key.getModulus();
        if (modulus.bitLength() < MIN_MODULUS_BITS) {
            throw new RefusedKeyException(
                    "holds an RSA key of " + modulus.bitLength() + " bits; a KEK takes at least " + MIN_MODULUS_BITS);
        }
        if (key.getPrime1().min(key.getPrime2()).bitLength() < MIN_PRIME_BITS
                || !key.getPrime1().multiply(key.getPrime2()).equals(modulus)) {
            throw new RefusedKeyException("holds an RSA key whose parts do not belong together");
        }
        return new PrivateKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                new RSAPrivateKey(
                        modulus,
                        key.getPublicExponent(),
                        key.getPrivateExponent(),
                        key.getPrime1(),
                        key.getPrime2(),
                        key.getExponent1(),
                        key.getExponent2(),
                        key.getCoefficient()));
    }

    private static PrivateKeyInfo canonicalEdwards(PrivateKeyInfo key, int length)
            throws IOException, RefusedKeyException {
        ASN1OctetString octets = ASN1OctetString.getInstance(key.parsePrivateKey());
        if (octets.getOctetsLength() != length) {
            throw new RefusedKeyException(
                    "holds a key of " + octets.getOctetsLength() + " bytes where its algorithm has " + length);
        }
        requireUnpublished(octets.getOctets());
        return new PrivateKeyInfo(
                new AlgorithmIdentifier(key.getPrivateKeyAlgorithm().getAlgorithm()), octets);
    }

    private static PrivateKeyInfo canonicalEc(PrivateKeyInfo key) throws IOException, RefusedKeyException {
        if (!(key.getPrivateKeyAlgorithm().getParameters() instanceof ASN1ObjectIdentifier name)) {
            throw new RefusedKeyException("holds an elliptic curve key whose curve is not given by name");
        }
        X9ECParameters curve = ECNamedCurveTable.getByOID(name);
        if (curve == null || curve.getN().bitLength() < MIN_CURVE_BITS) {
            throw new RefusedKeyException("holds a key on the curve " + name.getId()
                    + "; a KEK takes curves of at least " + MIN_CURVE_BITS + " bits");
        }
        BigInteger scalar = ECPrivateKey.getInstance(key.parsePrivateKey()).getKey();
        if (scalar.signum() <= 0 || scalar.compareTo(curve.getN()) >= 0) {
            throw new RefusedKeyException("holds an elliptic curve key out of range");
        }
        requireUnpublished(BigIntegers.asUnsignedByteArray(scalar));
        return new PrivateKeyInfo(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, name),
                new ECPrivateKey(curve.getN().bitLength(), scalar));
    }

    private static void requireUnpublished(byte[] key) throws RefusedKeyException {
        SecretValue value = SecretValue.copyOf(key);
        try {
            Optional<String> flaw = SecretStrength.flaw(value);
            if (flaw.isPresent()) {
                throw new RefusedKeyException("holds a key that " + flaw.get());
            }
        } finally {
            value.wipe();
        }
    }
}
