package dev.slipring.bench;

import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.StreamingAead;
import com.google.crypto.tink.streamingaead.PredefinedStreamingAeadParameters;
import com.google.crypto.tink.streamingaead.StreamingAeadConfig;
import com.google.crypto.tink.streamingaead.StreamingAeadParameters;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.security.GeneralSecurityException;

/** Tink's streams: AES-256-GCM on segments under a key for each stream. */
final class TinkStreams {
    private final StreamingAead aead;
    private final byte[] aad;

    private TinkStreams(StreamingAeadParameters parameters, byte[] aad) throws GeneralSecurityException {
        aead = KeysetHandle.generateNew(parameters).getPrimitive(RegistryConfiguration.get(), StreamingAead.class);
        this.aad = aad;
    }

    /** In segments of 4 KiB. */
    static TinkStreams of4Kib(byte[] aad) throws GeneralSecurityException {
        StreamingAeadConfig.register();
        return new TinkStreams(PredefinedStreamingAeadParameters.AES256_GCM_HKDF_4KB, aad);
    }

    /** In segments of 1 MiB. */
    static TinkStreams of1Mib(byte[] aad) throws GeneralSecurityException {
        StreamingAeadConfig.register();
        return new TinkStreams(PredefinedStreamingAeadParameters.AES256_GCM_HKDF_1MB, aad);
    }

    OutputStream encrypting(OutputStream sink) throws GeneralSecurityException, IOException {
        return aead.newEncryptingStream(sink, aad);
    }

    InputStream decrypting(InputStream source) throws GeneralSecurityException, IOException {
        return aead.newDecryptingStream(source, aad);
    }

    SeekableByteChannel randomAccess(SeekableByteChannel source) throws GeneralSecurityException, IOException {
        return aead.newSeekableDecryptingChannel(source, aad);
    }
}
