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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What more threads change for one encryptor of 100-byte messages; the CPU time of an operation is the one to compare.
 * The baseline is a reused {@code Cipher} for each thread, the peer Spring Security's encryptor. Only ratios within one
 * run say anything.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 2,
        jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class EnvelopeScalingBenchmark {
    private static final int LENGTH = 100;

    private byte[] plaintext;
    private LocalRing ring;
    private EnvelopeEncryptor encryptor;
    private EnvelopeMessages ours;
    private SpringMessages spring;
    private byte[] envelope;
    private byte[] springs;

    /** What the baseline has for each thread. */
    @State(Scope.Thread)
    public static class OwnCipher {
        private JcaGcm jca;
        private byte[] message;

        /** The same key for all. */
        @Setup
        public void setUp() throws Exception {
            jca = new JcaGcm(new byte[32], LocalRing.associatedData());
            message = jca.encrypt(new byte[LENGTH]);
        }
    }

    /** One encryptor of each kind for all threads, and a message that opens. */
    @Setup
    public void setUp() {
        ring = new LocalRing();
        plaintext = ring.bytes(LENGTH);
        encryptor = ring.builder().build();
        ours = new EnvelopeMessages(encryptor);
        spring = new SpringMessages(ring.bytes(32));
        envelope = ours.encrypt(plaintext);
        springs = spring.encrypt(plaintext);
        if (!Arrays.equals(plaintext, ours.decrypt(envelope)) || !Arrays.equals(plaintext, spring.decrypt(springs))) {
            throw new IllegalStateException("a message does not open");
        }
    }

    /** Wipes the keys. */
    @TearDown
    public void tearDown() {
        encryptor.close();
        ring.close();
    }

    /** One thread that encrypts, the baseline. */
    @Benchmark
    public byte[] encryptJca(OwnCipher own) throws Exception {
        return own.jca.encrypt(plaintext);
    }

    /** Two threads that encrypt, the baseline. */
    @Benchmark
    @Threads(2)
    public byte[] encryptJcaByTwo(OwnCipher own) throws Exception {
        return own.jca.encrypt(plaintext);
    }

    /** Sixteen threads that encrypt, the baseline. */
    @Benchmark
    @Threads(16)
    public byte[] encryptJcaBySixteen(OwnCipher own) throws Exception {
        return own.jca.encrypt(plaintext);
    }

    /** One thread that encrypts. */
    @Benchmark
    public byte[] encrypt() throws Exception {
        return ours.encrypt(plaintext);
    }

    /** Two threads that encrypt. */
    @Benchmark
    @Threads(2)
    public byte[] encryptByTwo() throws Exception {
        return ours.encrypt(plaintext);
    }

    /** Sixteen threads that encrypt. */
    @Benchmark
    @Threads(16)
    public byte[] encryptBySixteen() throws Exception {
        return ours.encrypt(plaintext);
    }

    /** One thread that encrypts, by Spring Security. */
    @Benchmark
    public byte[] encryptSpring() throws Exception {
        return spring.encrypt(plaintext);
    }

    /** Two threads that encrypt, by Spring Security. */
    @Benchmark
    @Threads(2)
    public byte[] encryptSpringByTwo() throws Exception {
        return spring.encrypt(plaintext);
    }

    /** Sixteen threads that encrypt, by Spring Security. */
    @Benchmark
    @Threads(16)
    public byte[] encryptSpringBySixteen() throws Exception {
        return spring.encrypt(plaintext);
    }

    /** One thread that decrypts, the baseline. */
    @Benchmark
    public byte[] decryptJca(OwnCipher own) throws Exception {
        return own.jca.decrypt(own.message);
    }

    /** Two threads that decrypt, the baseline. */
    @Benchmark
    @Threads(2)
    public byte[] decryptJcaByTwo(OwnCipher own) throws Exception {
        return own.jca.decrypt(own.message);
    }

    /** Sixteen threads that decrypt, the baseline. */
    @Benchmark
    @Threads(16)
    public byte[] decryptJcaBySixteen(OwnCipher own) throws Exception {
        return own.jca.decrypt(own.message);
    }

    /** One thread that decrypts. */
    @Benchmark
    public byte[] decrypt() throws Exception {
        return ours.decrypt(envelope);
    }

    /** Two threads that decrypt. */
    @Benchmark
    @Threads(2)
    public byte[] decryptByTwo() throws Exception {
        return ours.decrypt(envelope);
    }

    /** Sixteen threads that decrypt. */
    @Benchmark
    @Threads(16)
    public byte[] decryptBySixteen() throws Exception {
        return ours.decrypt(envelope);
    }

    /** One thread that decrypts, by Spring Security. */
    @Benchmark
    public byte[] decryptSpring() throws Exception {
        return spring.decrypt(springs);
    }

    /** Two threads that decrypt, by Spring Security. */
    @Benchmark
    @Threads(2)
    public byte[] decryptSpringByTwo() throws Exception {
        return spring.decrypt(springs);
    }

    /** Sixteen threads that decrypt, by Spring Security. */
    @Benchmark
    @Threads(16)
    public byte[] decryptSpringBySixteen() throws Exception {
        return spring.decrypt(springs);
    }
}
