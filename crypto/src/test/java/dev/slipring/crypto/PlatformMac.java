package dev.slipring.crypto;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Mac;
import javax.crypto.MacSpi;

/** A code of the platform, which cannot be cloned. */
class PlatformMac extends MacSpi {
    private final Mac platform;

    PlatformMac(String algorithm) {
        try {
            platform = Mac.getInstance(algorithm, "SunJCE");
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected int engineGetMacLength() {
        return platform.getMacLength();
    }

    @Override
    protected void engineInit(Key key, AlgorithmParameterSpec spec) throws InvalidKeyException {
        platform.init(key);
    }

    @Override
    protected void engineUpdate(byte input) {
        platform.update(input);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
        platform.update(input, offset, length);
    }

    @Override
    protected byte[] engineDoFinal() {
        return platform.doFinal();
    }

    @Override
    protected void engineReset() {
        platform.reset();
    }
}
