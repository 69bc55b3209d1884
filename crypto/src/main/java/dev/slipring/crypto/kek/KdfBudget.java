package dev.slipring.crypto.kek;

import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.misc.MiscObjectIdentifiers;
import org.bouncycastle.asn1.misc.ScryptParams;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCS12PBEParams;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/**
 * How much work a file may ask for until its password is known to be right or wrong; spent before the work is done,
 * since the counts come from the file. Not thread-safe.
 */
final class KdfBudget {
    /** Iterations of PBKDF2 or of PKCS#12's own derivation, in all. */
    static final int MAX_ITERATIONS = 3_000_000;

    /** Memory of one scrypt, in bytes. */
    static final int MAX_SCRYPT_MEMORY = 64 << 20;

    private static final int SCRYPT_BLOCK = 128;
    /** What a pass over 128 bytes of scrypt's memory costs, compared with an iteration, roughly. */
    private static final int PER_ITERATION = 2;

    private BigInteger left = BigInteger.valueOf(MAX_ITERATIONS);

    /**
     * Spends what deriving the key for {@code encryption} costs.
     *
     * @throws RefusedKeyException if that is more than is left, or the scheme is not one that is read
     */
    void spend(AlgorithmIdentifier encryption) throws RefusedKeyException {
        ASN1ObjectIdentifier scheme = encryption.getAlgorithm();
        if (scheme.equals(PKCSObjectIdentifiers.id_PBES2)) {
            spend(PBES2Parameters.getInstance(encryption.getParameters()).getKeyDerivationFunc());
        } else if (scheme.on(PKCSObjectIdentifiers.pkcs_12PbeIds)) {
            spendIterations(
                    PKCS12PBEParams.getInstance(encryption.getParameters()).getIterations());
        } else {
            throw new RefusedKeyException(
                    "is encrypted by " + scheme.getId() + ", which is not read; PBES2 is what openssl pkcs8 -v2 makes");
        }
    }

    /**
     * Spends {@code iterations}.
     *
     * @throws RefusedKeyException if that is more than is left, or none
     */
    void spendIterations(BigInteger iterations) throws RefusedKeyException {
        left = left.subtract(iterations);
        if (iterations.signum() <= 0 || left.signum() < 0) {
            throw new RefusedKeyException("asks for more than " + MAX_ITERATIONS + " iterations, or for none");
        }
    }

    private void spend(KeyDerivationFunc derivation) throws RefusedKeyException {
        ASN1ObjectIdentifier function = derivation.getAlgorithm();
        if (function.equals(PKCSObjectIdentifiers.id_PBKDF2)) {
            spendIterations(PBKDF2Params.getInstance(derivation.getParameters()).getIterationCount());
        } else if (function.equals(MiscObjectIdentifiers.id_scrypt)) {
            ScryptParams scrypt = ScryptParams.getInstance(derivation.getParameters());
            BigInteger blocks = scrypt.getCostParameter().multiply(scrypt.getBlockSize());
            if (blocks.compareTo(BigInteger.valueOf(MAX_SCRYPT_MEMORY / SCRYPT_BLOCK)) > 0) {
                throw new RefusedKeyException("asks for scrypt with more than " + MAX_SCRYPT_MEMORY + " bytes");
            }
            spendIterations(
                    blocks.multiply(scrypt.getParallelizationParameter()).multiply(BigInteger.valueOf(PER_ITERATION)));
        } else {
            throw new RefusedKeyException("has a key derivation by " + function.getId() + ", which is not read");
        }
    }
}
