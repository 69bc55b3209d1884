package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.testing.FakeSecret;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is written for which purpose, and that every encryptor reads what every other one wrote. */
class SuiteChoiceTest {
    private final FakeSecret ring = Keks.ring(7);
    private final EnvelopeEncryptor reader =
            EnvelopeEncryptor.builder(ring.rotating()).build();

    @AfterEach
    void close() {
        reader.close();
        ring.close();
    }

    @Test
    void encrypt_unlessTold_isSuite1() {
        assertWritten(builder -> builder, 0, 1, 115);
        assertWritten(builder -> builder, 16 << 10, 1, 115);
    }

    @Test
    void encrypt_sharedDataKeys_isSuite2() {
        assertWritten(EnvelopeEncryptor.Builder::sharedDataKeys, 0, 2, 131);
        assertWritten(EnvelopeEncryptor.Builder::sharedDataKeys, 16 << 10, 2, 131);
    }

    @Test
    void encrypt_above16KiB_isSuite4AndOneTagAChunk() {
        for (UnaryOperator<EnvelopeEncryptor.Builder> purpose :
                List.<UnaryOperator<EnvelopeEncryptor.Builder>>of(b -> b, EnvelopeEncryptor.Builder::sharedDataKeys)) {
            assertWritten(purpose, (16 << 10) + 1, 4, 143 + 2 * 16);
            assertWritten(purpose, (32 << 10) - 1, 4, 143 + 2 * 16);
            assertWritten(purpose, 32 << 10, 4, 143 + 3 * 16);
            assertWritten(purpose, 1 << 20, 4, 143 + 65 * 16);
        }
    }

    @Test
    void encrypt_sharedDataKeys_drawsASaltForEachMessage() {
        Set<String> salts = new HashSet<>();
        try (EnvelopeEncryptor writer =
                EnvelopeEncryptor.builder(ring.rotating()).sharedDataKeys().build()) {
            for (int i = 0; i < 100; i++) {
                byte[] envelope = writer.encrypt(Keks.HELLO, Keks.NOTE);
                salts.add(Arrays.toString(Arrays.copyOfRange(envelope, 87, 103)));
            }
        }
        assertThat(salts).hasSize(100);
    }

    @Test
    void encrypt_repeatableRandomness_isSuite3WhateverElseIsSaid() {
        assertWritten(EnvelopeEncryptor.Builder::repeatableRandomness, 0, 3, 115);
        assertWritten(EnvelopeEncryptor.Builder::repeatableRandomness, 16 << 10, 3, 115);
        assertWritten(EnvelopeEncryptor.Builder::repeatableRandomness, 1 << 20, 3, 115);
        assertWritten(builder -> builder.repeatableRandomness().sharedDataKeys(), 1, 3, 115);
        assertThat(Security.getProviders()).extracting(Provider::getName).doesNotContain("BC");
    }

    private void assertWritten(UnaryOperator<EnvelopeEncryptor.Builder> purpose, int length, int suite, int overhead) {
        byte[] plaintext = new byte[length];
        new Random(length).nextBytes(plaintext);
        try (EnvelopeEncryptor writer =
                purpose.apply(EnvelopeEncryptor.builder(ring.rotating())).build()) {
            byte[] envelope = writer.encrypt(plaintext, Keks.NOTE);
            assertThat(EnvelopeHeader.read(envelope)).isEqualTo(new EnvelopeHeader(suite, 7, 1));
            assertThat(envelope).hasSize(length + overhead);
            assertThat(Arrays.equals(writer.decrypt(envelope, Keks.NOTE), plaintext))
                    .isTrue();
            assertThat(Arrays.equals(reader.decrypt(envelope, Keks.NOTE), plaintext))
                    .isTrue();
        }
    }
}
