package dev.slipring.crypto;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.ShortBufferException;

/** A cipher of the platform, for a provider of a test to behave in another way. */
class PlatformCipher extends CipherSpi {
    private final Cipher platform;

    PlatformCipher(String transformation) {
        try {
            platform = Cipher.getInstance(transformation, "SunJCE");
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected void engineInit(int mode, Key key, SecureRandom random) throws InvalidKeyException {
        platform.init(mode, key, random);
    }

    @Override
    protected void engineInit(int mode, Key key, AlgorithmParameterSpec spec, SecureRandom random)
            throws InvalidKeyException, InvalidAlgorithmParameterException {
        platform.init(mode, key, spec, random);
    }

    @Override
    protected void engineInit(int mode, Key key, AlgorithmParameters parameters, SecureRandom random) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void engineUpdateAAD(byte[] from, int offset, int length) {
        platform.updateAAD(from, offset, length);
    }

    @Override
    protected byte[] engineDoFinal(byte[] in, int offset, int length)
            throws IllegalBlockSizeException, BadPaddingException {
        return platform.doFinal(in, offset, length);
    }

    @Override
    protected int engineDoFinal(byte[] in, int offset, int length, byte[] out, int to)
            throws ShortBufferException, IllegalBlockSizeException, BadPaddingException {
        return platform.doFinal(in, offset, length, out, to);
    }

    @Override
    protected byte[] engineGetIV() {
        return platform.getIV();
    }

    @Override
    protected int engineGetBlockSize() {
        return platform.getBlockSize();
    }

    @Override
    protected int engineGetOutputSize(int length) {
        return platform.getOutputSize(length);
    }

    @Override
    protected AlgorithmParameters engineGetParameters() {
        return platform.getParameters();
    }

    @Override
    protected void engineSetMode(String mode) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void engineSetPadding(String padding) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected byte[] engineUpdate(byte[] in, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected int engineUpdate(byte[] in, int offset, int length, byte[] out, int to) {
        throw new UnsupportedOperationException();
    }
}
