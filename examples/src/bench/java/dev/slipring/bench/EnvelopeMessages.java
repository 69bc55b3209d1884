package dev.slipring.bench;

import dev.slipring.crypto.EnvelopeEncryptor;

/** Envelopes, one context for all. Safe for use by several threads. */
final class EnvelopeMessages implements Messages {
    private final EnvelopeEncryptor encryptor;

    EnvelopeMessages(EnvelopeEncryptor encryptor) {
        this.encryptor = encryptor;
    }

    @Override
    public byte[] encrypt(byte[] plaintext) {
        return encryptor.encrypt(plaintext, LocalRing.CONTEXT);
    }

    @Override
    public byte[] decrypt(byte[] message) {
        return encryptor.decrypt(message, LocalRing.CONTEXT);
    }
}
