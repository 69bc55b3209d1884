package dev.slipring.bench;

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
 * What a message of 1 MiB costs in a process that has just begun, where the platform's inner loops are not compiled yet:
 * each of the first ten messages, and all that are done in the first ten seconds. The warm-up is one message, which pays
 * for loading and for the data key. Each contender has processes of its own; that its messages open is checked by
 * {@link EnvelopeBenchmark}. The baseline is a reused {@code Cipher}, given the whole message. Only ratios within one run
 * say anything; those of the process's CPU time count the compiler as well.
 */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 5,
        jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 1, time = 1, timeUnit = TimeUnit.MILLISECONDS)
public class EnvelopeYoungBenchmark {
    private static final int LENGTH = 1 << 20;

    /** Who encrypts, and what. */
    @State(Scope.Thread)
    public static class Contender {
        /** Its name. */
        @Param({"jca", "slipring", "aws", "tink"})
        public String by;

        private LocalRing ring;
        private byte[] plaintext;
        private Messages messages;

        /** Keys, and nothing encrypted yet. */
        @Setup
        public void setUp() throws Exception {
            ring = new LocalRing();
            plaintext = ring.bytes(LENGTH);
            byte[] key = ring.bytes(32);
            messages = switch (by) {
                case "jca" -> new JcaGcm(key, LocalRing.associatedData());
                case "slipring" -> new EnvelopeMessages(ring.builder().build());
                case "aws" -> new AwsMessages(key);
                case "tink" -> TinkMessages.direct(LocalRing.associatedData());
                default -> throw new IllegalArgumentException(by);
            };
        }

        byte[] encrypt() throws Exception {
            return messages.encrypt(plaintext);
        }

        byte[] decrypt(byte[] message) throws Exception {
            return messages.decrypt(message);
        }

        /** Ends the background work. */
        @TearDown
        public void tearDown() {
            ring.close();
        }
    }

    /** The same with a message to be opened. */
    public static class Encrypted extends Contender {
        private byte[] message;

        /** Encrypts it, which is not measured. */
        @Override
        public void setUp() throws Exception {
            super.setUp();
            message = encrypt();
        }

        private byte[] decrypt() throws Exception {
            return decrypt(message);
        }
    }

    /** Encrypting one of the first ten messages. */
    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @Measurement(iterations = 10)
    public byte[] encryptFirst(Contender contender) throws Exception {
        return contender.encrypt();
    }

    /** Encrypting for ten seconds. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @Measurement(iterations = 1, time = 10)
    public byte[] encrypt(Contender contender) throws Exception {
        return contender.encrypt();
    }

    /** Decrypting one of the first ten messages. */
    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @Measurement(iterations = 10)
    public byte[] decryptFirst(Encrypted encrypted) throws Exception {
        return encrypted.decrypt();
    }

    /** Decrypting for ten seconds. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @Measurement(iterations = 1, time = 10)
    public byte[] decrypt(Encrypted encrypted) throws Exception {
        return encrypted.decrypt();
    }
}
