package dev.slipring.bench;

import dev.slipring.crypto.Context;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.store.InMemoryDataKeyStore;
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
 * What other suites and modes cost than the one an encryptor takes unless told, on short messages. The baseline is a
 * reused {@code Cipher}. Only ratios within one run say anything.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 2,
        jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class EnvelopeSuiteBenchmark {
    /** Each has a key of its own, which a cipher that meets it again would not have to set. */
    private static final int SHARED = 256;

    /** Length of the plaintext, in bytes. */
    @Param({"64", "100", "1024"})
    public int length;

    private byte[] plaintext;
    private LocalRing ring;
    private JcaGcm jca;
    private EnvelopeEncryptor standard;
    private EnvelopeEncryptor shared;
    private EnvelopeEncryptor repeatable;
    private EnvelopeEncryptor reference;
    private byte[] jcas;
    private byte[] standards;
    private byte[][] shareds;
    private int next;
    private byte[] repeatables;
    private byte[] references;

    /** One encryptor for each, and an envelope that opens. */
    @Setup
    public void setUp() throws Exception {
        ring = new LocalRing();
        plaintext = ring.bytes(length);
        jca = new JcaGcm(ring.bytes(32), LocalRing.associatedData());
        standard = ring.builder().build();
        shared = ring.builder().sharedDataKeys().build();
        repeatable = ring.builder().repeatableRandomness().build();
        reference = ring.builder().reference(InMemoryDataKeyStore.create()).build();
        jcas = encryptJca();
        standards = encrypt();
        shareds = new byte[SHARED][];
        Arrays.setAll(shareds, row -> encryptShared());
        repeatables = encryptRepeatable();
        references = encryptReference();
        boolean good = Arrays.equals(plaintext, decryptJca())
                && Arrays.equals(plaintext, decrypt())
                && Arrays.equals(plaintext, decryptShared())
                && Arrays.equals(plaintext, decryptRepeatable())
                && Arrays.equals(plaintext, decryptReference())
                && Arrays.equals(plaintext, standard.decrypt(encryptNewContext(), LocalRing.CONTEXT))
                && standards[3] == 1
                && shareds[0][3] == 2
                && repeatables[3] == 3
                && references[4] == 1;
        if (!good) {
            throw new IllegalStateException("an envelope does not open, or is of another suite or mode");
        }
    }

    /** Wipes the keys. */
    @TearDown
    public void tearDown() {
        standard.close();
        shared.close();
        repeatable.close();
        reference.close();
        ring.close();
    }

    /** The baseline for encrypting. */
    @Benchmark
    public byte[] encryptJca() throws Exception {
        return jca.encrypt(plaintext);
    }

    /** Encrypting in suite 01. */
    @Benchmark
    public byte[] encrypt() {
        return standard.encrypt(plaintext, LocalRing.CONTEXT);
    }

    /** The same with a context that is made for this message. */
    @Benchmark
    public byte[] encryptNewContext() {
        return standard.encrypt(plaintext, Context.copyOf(LocalRing.PAIRS));
    }

    /** Encrypting under a shared data key, in suite 02. */
    @Benchmark
    public byte[] encryptShared() {
        return shared.encrypt(plaintext, LocalRing.CONTEXT);
    }

    /** Encrypting where randomness may repeat, in suite 03. */
    @Benchmark
    public byte[] encryptRepeatable() {
        return repeatable.encrypt(plaintext, LocalRing.CONTEXT);
    }

    /** Encrypting in reference mode. */
    @Benchmark
    public byte[] encryptReference() {
        return reference.encrypt(plaintext, LocalRing.CONTEXT);
    }

    /** The baseline for decrypting. */
    @Benchmark
    public byte[] decryptJca() throws Exception {
        return jca.decrypt(jcas);
    }

    /** Decrypting suite 01. */
    @Benchmark
    public byte[] decrypt() {
        return standard.decrypt(standards, LocalRing.CONTEXT);
    }

    /** Decrypting suite 02. */
    @Benchmark
    public byte[] decryptShared() {
        return shared.decrypt(shareds[next++ & (SHARED - 1)], LocalRing.CONTEXT);
    }

    /** Decrypting suite 03. */
    @Benchmark
    public byte[] decryptRepeatable() {
        return repeatable.decrypt(repeatables, LocalRing.CONTEXT);
    }

    /** Decrypting in reference mode. */
    @Benchmark
    public byte[] decryptReference() {
        return reference.decrypt(references, LocalRing.CONTEXT);
    }
}
