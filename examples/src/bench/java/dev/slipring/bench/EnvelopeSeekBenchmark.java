package dev.slipring.bench;

import dev.slipring.crypto.EnvelopeEncryptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What reading 1 KiB somewhere in an encrypted 8 MiB costs: opening the file for one read, and one of many reads, each
 * in another segment than the one before. The baseline is a reused {@code Cipher} that opens the one segment of 16 KiB,
 * the peer Tink. Only ratios within one run say anything.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 2,
        jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class EnvelopeSeekBenchmark {
    private static final int LENGTH = 8 << 20;
    private static final int READ = 1024;
    /** No read meets a segment that is at hand, however long segments are. */
    private static final int STEP = (1 << 20) + JcaSegments.SEGMENT;

    private final ByteBuffer into = ByteBuffer.allocate(READ);
    private byte[] plaintext;
    private LocalRing ring;
    private EnvelopeEncryptor encryptor;
    private JcaSegments jca;
    private TinkStreams tink4Kib;
    private TinkStreams tink1Mib;
    private byte[] ours;
    private byte[] jcas;
    private byte[] tink4Kibs;
    private byte[] tink1Mibs;
    private SeekableByteChannel open;
    private SeekableByteChannel openTink4Kib;
    private SeekableByteChannel openTink1Mib;
    private int place = LENGTH / 2;

    /** Opens a stream. */
    @FunctionalInterface
    private interface Encrypting {
        OutputStream to(OutputStream sink) throws Exception;
    }

    /** One key for each, and a file that opens. */
    @Setup
    public void setUp() throws Exception {
        ring = new LocalRing();
        byte[] aad = LocalRing.associatedData();
        plaintext = ring.bytes(LENGTH);
        encryptor = ring.builder().build();
        new JcaGcm(ring.bytes(32), aad).age();
        jca = new JcaSegments(ring.bytes(32));
        tink4Kib = TinkStreams.of4Kib(aad);
        tink1Mib = TinkStreams.of1Mib(aad);
        ours = file(sink -> encryptor.streams().encrypting(sink, LocalRing.CONTEXT));
        tink4Kibs = file(tink4Kib::encrypting);
        tink1Mibs = file(tink1Mib::encrypting);
        ByteArrayOutputStream segments = new ByteArrayOutputStream();
        jca.encrypt(plaintext, segments);
        jcas = segments.toByteArray();
        open = encryptor.streams().randomAccess(new ArrayChannel(ours), LocalRing.CONTEXT);
        openTink4Kib = tink4Kib.randomAccess(new ArrayChannel(tink4Kibs));
        openTink1Mib = tink1Mib.randomAccess(new ArrayChannel(tink1Mibs));
        check(readOpen());
        check(readOpenTink4Kib());
        check(readOpenTink1Mib());
        check(readOnce());
        check(readOnceTink4Kib());
        check(readOnceTink1Mib());
        check(ByteBuffer.wrap(readJca(), 0, READ));
    }

    /** Wipes the keys. */
    @TearDown
    public void tearDown() {
        encryptor.close();
        ring.close();
    }

    /** The baseline. */
    @Benchmark
    public byte[] readJca() throws Exception {
        return jca.segment(jcas, move() / JcaSegments.SEGMENT);
    }

    /** Opening for one read. */
    @Benchmark
    public ByteBuffer readOnce() throws Exception {
        try (SeekableByteChannel channel =
                encryptor.streams().randomAccess(new ArrayChannel(ours), LocalRing.CONTEXT)) {
            return read(channel);
        }
    }

    /** One of many reads. */
    @Benchmark
    public ByteBuffer readOpen() throws Exception {
        return read(open);
    }

    /** Opening for one read, by Tink in segments of 4 KiB. */
    @Benchmark
    public ByteBuffer readOnceTink4Kib() throws Exception {
        try (SeekableByteChannel channel = tink4Kib.randomAccess(new ArrayChannel(tink4Kibs))) {
            return read(channel);
        }
    }

    /** One of many reads, by Tink in segments of 4 KiB. */
    @Benchmark
    public ByteBuffer readOpenTink4Kib() throws Exception {
        return read(openTink4Kib);
    }

    /** Opening for one read, by Tink in segments of 1 MiB. */
    @Benchmark
    public ByteBuffer readOnceTink1Mib() throws Exception {
        try (SeekableByteChannel channel = tink1Mib.randomAccess(new ArrayChannel(tink1Mibs))) {
            return read(channel);
        }
    }

    /** One of many reads, by Tink in segments of 1 MiB. */
    @Benchmark
    public ByteBuffer readOpenTink1Mib() throws Exception {
        return read(openTink1Mib);
    }

    private ByteBuffer read(SeekableByteChannel channel) throws IOException {
        channel.position(move());
        into.clear();
        while (into.hasRemaining()) {
            if (channel.read(into) < 0) {
                throw new IOException("the file ends too early");
            }
        }
        return into.flip();
    }

    private int move() {
        place = (place + STEP) & (LENGTH - 1);
        return place;
    }

    private void check(ByteBuffer read) {
        if (!read.equals(ByteBuffer.wrap(plaintext, place, READ))) {
            throw new IllegalStateException("another plaintext at " + place);
        }
    }

    private byte[] file(Encrypting encrypting) throws Exception {
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        try (OutputStream stream = encrypting.to(sink)) {
            stream.write(plaintext);
        }
        return sink.toByteArray();
    }
}
