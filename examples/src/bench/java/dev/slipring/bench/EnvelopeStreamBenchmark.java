package dev.slipring.bench;

import dev.slipring.crypto.EnvelopeEncryptor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
 * What encrypting and decrypting a stream of 8 MiB costs, from and to memory, in a process that has run for long. The
 * baseline is a reused {@code Cipher} on segments of 16 KiB, which takes the plaintext as it lies; the peers are Tink's
 * streams and those of the AWS Encryption SDK. Only ratios within one run say anything.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 2,
        jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class EnvelopeStreamBenchmark {
    private static final int LENGTH = 8 << 20;

    /** How many bytes are written and read at once: 8 KiB as {@code transferTo} does, or more. */
    @Param({"8192", "65536"})
    public int piece;

    private byte[] plaintext;
    private byte[] buffer;
    private LocalRing ring;
    private EnvelopeEncryptor encryptor;
    private JcaSegments jca;
    private TinkStreams tink4Kib;
    private TinkStreams tink1Mib;
    private AwsMessages aws;
    private byte[] ours;
    private byte[] jcas;
    private byte[] tink4Kibs;
    private byte[] tink1Mibs;
    private byte[] awses;

    /** Writes to a stream. */
    @FunctionalInterface
    private interface Use {
        void to(OutputStream sink) throws Exception;
    }

    /** One key for each, and a stream that opens. */
    @Setup
    public void setUp() throws Exception {
        ring = new LocalRing();
        byte[] aad = LocalRing.associatedData();
        plaintext = ring.bytes(LENGTH);
        buffer = new byte[piece];
        encryptor = ring.builder().build();
        new JcaGcm(ring.bytes(32), aad).age();
        jca = new JcaSegments(ring.bytes(32));
        tink4Kib = TinkStreams.of4Kib(aad);
        tink1Mib = TinkStreams.of1Mib(aad);
        aws = new AwsMessages(ring.bytes(32));
        ours = all(this::encrypt);
        jcas = all(sink -> jca.encrypt(plaintext, sink));
        tink4Kibs = all(this::encryptTink4Kib);
        tink1Mibs = all(this::encryptTink1Mib);
        awses = all(this::encryptAws);
        boolean good = Arrays.equals(plaintext, all(this::decrypt))
                && Arrays.equals(plaintext, all(sink -> jca.decrypt(new ByteArrayInputStream(jcas), sink)))
                && Arrays.equals(plaintext, all(this::decryptTink4Kib))
                && Arrays.equals(plaintext, all(this::decryptTink1Mib))
                && Arrays.equals(plaintext, all(this::decryptAws));
        if (!good) {
            throw new IllegalStateException("a stream does not open");
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
    public long encryptJca() throws Exception {
        Tally tally = new Tally();
        jca.encrypt(plaintext, tally);
        return tally.sum();
    }

    /** The baseline for decrypting. */
    @Benchmark
    public long decryptJca() throws Exception {
        Tally tally = new Tally();
        jca.decrypt(new ByteArrayInputStream(jcas), tally);
        return tally.sum();
    }

    /** Encrypting. */
    @Benchmark
    public long encrypt() throws Exception {
        Tally tally = new Tally();
        encrypt(tally);
        return tally.sum();
    }

    /** Decrypting. */
    @Benchmark
    public long decrypt() throws Exception {
        Tally tally = new Tally();
        decrypt(tally);
        return tally.sum();
    }

    /** Encrypting, by Tink in segments of 4 KiB. */
    @Benchmark
    public long encryptTink4Kib() throws Exception {
        Tally tally = new Tally();
        encryptTink4Kib(tally);
        return tally.sum();
    }

    /** Decrypting, by Tink in segments of 4 KiB. */
    @Benchmark
    public long decryptTink4Kib() throws Exception {
        Tally tally = new Tally();
        decryptTink4Kib(tally);
        return tally.sum();
    }

    /** Encrypting, by Tink in segments of 1 MiB. */
    @Benchmark
    public long encryptTink1Mib() throws Exception {
        Tally tally = new Tally();
        encryptTink1Mib(tally);
        return tally.sum();
    }

    /** Decrypting, by Tink in segments of 1 MiB. */
    @Benchmark
    public long decryptTink1Mib() throws Exception {
        Tally tally = new Tally();
        decryptTink1Mib(tally);
        return tally.sum();
    }

    /** Encrypting, by the AWS Encryption SDK. */
    @Benchmark
    public long encryptAws() throws Exception {
        Tally tally = new Tally();
        encryptAws(tally);
        return tally.sum();
    }

    /** Decrypting, by the AWS Encryption SDK. */
    @Benchmark
    public long decryptAws() throws Exception {
        Tally tally = new Tally();
        decryptAws(tally);
        return tally.sum();
    }

    private void encrypt(OutputStream sink) throws Exception {
        write(encryptor.streams().encrypting(sink, LocalRing.CONTEXT));
    }

    private void decrypt(OutputStream sink) throws Exception {
        InputStream source = new ByteArrayInputStream(ours);
        read(encryptor.streams().decrypting(source, LocalRing.CONTEXT), sink);
    }

    private void encryptTink4Kib(OutputStream sink) throws Exception {
        write(tink4Kib.encrypting(sink));
    }

    private void decryptTink4Kib(OutputStream sink) throws Exception {
        InputStream source = new ByteArrayInputStream(tink4Kibs);
        read(tink4Kib.decrypting(source), sink);
    }

    private void encryptTink1Mib(OutputStream sink) throws Exception {
        write(tink1Mib.encrypting(sink));
    }

    private void decryptTink1Mib(OutputStream sink) throws Exception {
        InputStream source = new ByteArrayInputStream(tink1Mibs);
        read(tink1Mib.decrypting(source), sink);
    }

    private void encryptAws(OutputStream sink) throws Exception {
        write(aws.encrypting(sink));
    }

    private void decryptAws(OutputStream sink) throws Exception {
        InputStream source = new ByteArrayInputStream(awses);
        read(aws.decrypting(source), sink);
    }

    private void write(OutputStream into) throws IOException {
        try (into) {
            for (int at = 0; at < LENGTH; at += piece) {
                into.write(plaintext, at, piece);
            }
        }
    }

    private void read(InputStream from, OutputStream sink) throws IOException {
        try (from) {
            for (int got = from.read(buffer); got >= 0; got = from.read(buffer)) {
                sink.write(buffer, 0, got);
            }
        }
    }

    private static byte[] all(Use use) throws Exception {
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        use.to(sink);
        return sink.toByteArray();
    }
}
