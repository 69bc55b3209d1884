package dev.slipring.bench;

import dev.slipring.crypto.DataKeyBudget;
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
 * What making data keys adds to a 100-byte message, by how many messages share one; 2^24 is the standard budget, 2^32
 * the largest. Only ratios within one run say anything.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 2,
        jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class EnvelopeBudgetBenchmark {
    /** Messages under one data key. */
    @Param({"1", "16", "1024", "16777216", "4294967296"})
    public long messages;

    private byte[] plaintext;
    private LocalRing ring;
    private EnvelopeEncryptor encryptor;

    /** An encryptor with that budget. */
    @Setup
    public void setUp() {
        ring = new LocalRing();
        plaintext = ring.bytes(100);
        DataKeyBudget standard = DataKeyBudget.standard();
        encryptor = ring.builder()
                .dataKeyBudget(new DataKeyBudget(messages, standard.bytes(), standard.age()))
                .build();
        if (!Arrays.equals(plaintext, encryptor.decrypt(encrypt(), LocalRing.CONTEXT))) {
            throw new IllegalStateException("an envelope does not open");
        }
    }

    /** Wipes the keys. */
    @TearDown
    public void tearDown() {
        encryptor.close();
        ring.close();
    }

    /** Encrypting, and making a data key whenever the budget is spent. */
    @Benchmark
    public byte[] encrypt() {
        return encryptor.encrypt(plaintext, LocalRing.CONTEXT);
    }
}
