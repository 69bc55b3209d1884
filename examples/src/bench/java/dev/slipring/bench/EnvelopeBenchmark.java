package dev.slipring.bench;

import dev.slipring.crypto.EnvelopeEncryptor;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What encrypting and decrypting one message costs once the data key is at hand, in a process that has run for long.
 * The baseline is a reused {@code Cipher}, the peers are Tink with and without its envelopes, the AWS Encryption SDK
 * and Spring Security. Only ratios within one run say anything.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 2,
        jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class EnvelopeBenchmark {
    /** Length of the plaintext, in bytes. */
    @Param({"64", "100", "1024", "4096", "65536", "1048576"})
    public int length;

    private byte[] plaintext;
    private LocalRing ring;
    private EnvelopeEncryptor encryptor;
    private JcaGcm jca;
    private TinkMessages tink;
    private TinkMessages tinkEnvelope;
    private AwsMessages aws;
    private SpringMessages spring;
    private byte[] ours;
    private byte[] jcas;
    private byte[] tinks;
    private byte[] tinkEnvelopes;
    private byte[] awses;
    private byte[] springs;

    /** One key for each, and a message that opens. */
    @Setup
    public void setUp() throws Exception {
        ring = new LocalRing();
        byte[] aad = LocalRing.associatedData();
        plaintext = ring.bytes(length);
        encryptor = ring.builder().build();
        jca = new JcaGcm(ring.bytes(32), aad);
        jca.age();
        tink = TinkMessages.direct(aad);
        tinkEnvelope = TinkMessages.envelopes(aad);
        aws = new AwsMessages(ring.bytes(32));
        spring = new SpringMessages(ring.bytes(32));
        ours = encrypt();
        jcas = encryptJca();
        tinks = encryptTink();
        tinkEnvelopes = encryptTinkEnvelope();
        awses = encryptAws();
        springs = encryptSpring();
        boolean good = Arrays.equals(plaintext, decrypt())
                && Arrays.equals(plaintext, decryptJca())
                && Arrays.equals(plaintext, decryptTink())
                && Arrays.equals(plaintext, decryptTinkEnvelope())
                && Arrays.equals(plaintext, decryptAws())
                && Arrays.equals(plaintext, decryptSpring());
        if (!good) {
            throw new IllegalStateException("a message does not open");
        }
    }

    /** Wipes the keys. */
    @TearDown
    public void tearDown() {
        encryptor.close();
        ring.close();
    }

    /** The baseline for encrypting. */
    @Benchmark
    public byte[] encryptJca() throws Exception {
        return jca.encrypt(plaintext);
    }

    /** Encrypting. */
    @Benchmark
    public byte[] encrypt() {
        return encryptor.encrypt(plaintext, LocalRing.CONTEXT);
    }

    /** Encrypting, by Tink. */
    @Benchmark
    public byte[] encryptTink() throws Exception {
        return tink.encrypt(plaintext);
    }

    /** Encrypting, by Tink with a data key for each message. */
    @Benchmark
    public byte[] encryptTinkEnvelope() throws Exception {
        return tinkEnvelope.encrypt(plaintext);
    }

    /** Encrypting, by the AWS Encryption SDK. */
    @Benchmark
    public byte[] encryptAws() {
        return aws.encrypt(plaintext);
    }

    /** Encrypting, by Spring Security. */
    @Benchmark
    public byte[] encryptSpring() {
        return spring.encrypt(plaintext);
    }

    /** The baseline for decrypting. */
    @Benchmark
    public byte[] decryptJca() throws Exception {
        return jca.decrypt(jcas);
    }

    /** Decrypting. */
    @Benchmark
    public byte[] decrypt() {
        return encryptor.decrypt(ours, LocalRing.CONTEXT);
    }

    /** Decrypting, by Tink. */
    @Benchmark
    public byte[] decryptTink() throws Exception {
        return tink.decrypt(tinks);
    }

    /** Decrypting, by Tink with a data key for each message. */
    @Benchmark
    public byte[] decryptTinkEnvelope() throws Exception {
        return tinkEnvelope.decrypt(tinkEnvelopes);
    }

    /** Decrypting, by the AWS Encryption SDK. */
    @Benchmark
    public byte[] decryptAws() {
        return aws.decrypt(awses);
    }

    /** Decrypting, by Spring Security. */
    @Benchmark
    public byte[] decryptSpring() {
        return spring.decrypt(springs);
    }
}
