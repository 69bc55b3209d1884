package dev.slipring.bench;

import dev.slipring.crypto.DataKeyBudget;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.RewrapResult;
import dev.slipring.crypto.Rewrapped;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What it costs to bring one envelope of 100 bytes under another version of a local KEK: in a table whose rows share a
 * data key, the wrapping of which is remembered, and in one where each row has a data key of its own, of which there are
 * 64 times more than are kept. The baseline is the arithmetic of the latter alone. Only ratios within one run say
 * anything.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 2,
        jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class EnvelopeRewrapBenchmark {
    private static final int ROWS = 1 << 16;
    private static final int BATCH = 1024;

    private LocalRing ring;
    private EnvelopeEncryptor encryptor;
    private JcaRewrap jca;
    private byte[][] shared;
    private byte[][] own;
    private byte[][] jcas;
    private byte[] header;
    private int next;

    /** Envelopes of a version that has been replaced since. */
    @Setup
    public void setUp() throws Exception {
        ring = new LocalRing();
        encryptor = ring.builder().build();
        byte[] plaintext = ring.bytes(100);
        shared = new byte[BATCH][];
        Arrays.setAll(shared, row -> encryptor.encrypt(plaintext, LocalRing.CONTEXT));
        own = new byte[ROWS][];
        DataKeyBudget one = new DataKeyBudget(1, plaintext.length, Duration.ofHours(1));
        try (EnvelopeEncryptor sparing = ring.builder().dataKeyBudget(one).build()) {
            Arrays.setAll(own, row -> sparing.encrypt(plaintext, LocalRing.CONTEXT));
        }
        byte[] from = ring.bytes(32);
        jca = new JcaRewrap(from, ring.bytes(32));
        jcas = new byte[ROWS][];
        for (int row = 0; row < ROWS; row++) {
            jcas[row] = jca.wrapped(from, ring.bytes(32));
        }
        header = Arrays.copyOf(shared[0], EnvelopeEncryptor.MAX_HEADER);
        ring.rotate();
        for (byte[] envelope : new byte[][] {shared[1], own[1], own[2]}) {
            Rewrapped rewrapped = encryptor.rewrap(envelope);
            boolean good = rewrapped.changed()
                    && Arrays.equals(plaintext, encryptor.decrypt(rewrapped.bytes(), LocalRing.CONTEXT));
            if (!good) {
                throw new IllegalStateException("an envelope is not rewrapped");
            }
        }
    }

    /** Wipes the keys. */
    @TearDown
    public void tearDown() {
        encryptor.close();
        ring.close();
    }

    /** The baseline for a data key that is met first. */
    @Benchmark
    public byte[] coldJca() throws Exception {
        return jca.rewrap(jcas[next++ & (ROWS - 1)]);
    }

    /** Rewrapping an envelope whose data key is met first. */
    @Benchmark
    public Rewrapped cold() {
        return encryptor.rewrap(own[next++ & (ROWS - 1)]);
    }

    /** The same, as a batch. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void coldBatch(Blackhole sink) {
        int from = next;
        next = (from + BATCH) & (ROWS - 1);
        rewrap(Arrays.stream(own, from, from + BATCH), sink);
    }

    /** Rewrapping an envelope whose data key was wrapped before. */
    @Benchmark
    public Rewrapped memoised() {
        return encryptor.rewrap(shared[next++ & (BATCH - 1)]);
    }

    /** The same, as a batch. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void memoisedBatch(Blackhole sink) {
        rewrap(Arrays.stream(shared), sink);
    }

    /** The same for the beginning of a long envelope, as much as the longest header may have. */
    @Benchmark
    public Rewrapped memoisedHeader() {
        return encryptor.rewrapping().header(header);
    }

    private void rewrap(Stream<byte[]> envelopes, Blackhole sink) {
        encryptor.rewrapping().all(envelopes).forEach(result -> {
            if (!(result instanceof RewrapResult.Changed changed)) {
                throw new IllegalStateException("an envelope is not rewrapped");
            }
            sink.consume(changed.bytes());
        });
    }
}
