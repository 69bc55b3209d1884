package dev.slipring.bench;

import dev.slipring.session.SessionSigner;
import dev.slipring.session.Verification;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What more accepted versions and a second thread change for one signer of 64-byte payloads. Only ratios within one
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
public class SessionScalingBenchmark {
    /** How many versions are accepted. */
    @Param({"1", "8"})
    public int versions;

    private byte[] payload;
    private RotatedSessions sessions;
    private SessionSigner signer;
    private String oldest;
    private String newest;

    /** All versions but the last are retiring. */
    @Setup
    public void setUp() {
        payload = RotatedSessions.id(64);
        sessions = new RotatedSessions(versions, payload);
        signer = sessions.signer();
        newest = sessions.token(0);
        oldest = sessions.token(versions - 1);
        if (!(signer.verify(oldest) instanceof Verification.Valid valid) || valid.version() != 1) {
            throw new IllegalStateException("the oldest token does not verify");
        }
    }

    /** Ends the background work. */
    @TearDown
    public void tearDown() {
        sessions.close();
    }

    /** One thread that signs. */
    @Benchmark
    public String sign() {
        return signer.sign(payload);
    }

    /** One thread that verifies what the primary version signed. */
    @Benchmark
    public Verification verifyNewest() {
        return signer.verify(newest);
    }

    /** One thread that verifies what the oldest version signed. */
    @Benchmark
    public Verification verifyOldest() {
        return signer.verify(oldest);
    }

    /** Two threads that sign. */
    @Benchmark
    @Threads(2)
    public String signByTwo() {
        return signer.sign(payload);
    }

    /** Two threads that verify. */
    @Benchmark
    @Threads(2)
    public Verification verifyNewestByTwo() {
        return signer.verify(newest);
    }
}
