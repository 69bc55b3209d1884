package dev.slipring.bench;

import dev.slipring.Slipring;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.session.SessionSigner;
import dev.slipring.session.Verification;
import dev.slipring.session.Verification.Rejected;
import dev.slipring.store.InMemorySecretStore;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
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
 * What each of many forged tokens costs that is refused before a tag is computed, beside the cost of one tag. The
 * secret refreshes itself as in an application, so an unknown key asks for a refresh. Only ratios within one run say
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
public class SessionRefusalBenchmark {
    private Slipring slipring;
    private SessionSigner signer;
    private Mac mac;
    private byte[] payload;
    private String good;
    private String unknown;
    private String badSignature;
    private String badTrailer;
    private String badPayload;
    private String needlesslyEncoded;
    private String foreign;

    /** One good token of a 64-byte payload, and what forgers make of it. */
    @Setup
    public void setUp() {
        slipring = Slipring.builder(InMemorySecretStore.create()).build();
        signer = SessionSigner.builder(slipring.secret(
                        "session-key",
                        SessionSigner.issuer(),
                        RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(12))))
                .cookie("__Host-sid")
                .maxLife(Duration.ofHours(12))
                .build();
        mac = MacTokens.mac(1);
        payload = RotatedSessions.id(64);
        good = signer.sign(payload);
        int trailer = good.length() - 36;
        unknown = good.substring(0, trailer) + flipped(good.charAt(trailer)) + good.substring(trailer + 1);
        int last = good.length() - 1;
        badSignature = good.substring(0, last) + flipped(good.charAt(last));
        badTrailer = good.substring(0, last) + "!";
        badPayload = good.substring(0, trailer - 2) + " " + good.substring(trailer - 1);
        needlesslyEncoded = "s1.~" + "QUFB".repeat(21) + good.substring(trailer - 1);
        foreign = "eyJhbGciOiJIUzI1NiJ9." + good.substring(3);
        expect(unknown, "UNKNOWN_KEY");
        expect(badSignature, "BAD_SIGNATURE");
        expect(badTrailer, "MALFORMED");
        expect(badPayload, "MALFORMED");
        expect(needlesslyEncoded, "MALFORMED");
        expect(foreign, "MALFORMED");
    }

    /** Ends the background work. */
    @TearDown
    public void tearDown() {
        slipring.close();
    }

    /** The baseline: one tag over the payload. */
    @Benchmark
    public byte[] mac() {
        return mac.doFinal(payload);
    }

    /** A good token. */
    @Benchmark
    public Verification valid() {
        return signer.verify(good);
    }

    /** A tag that is not good: the one refusal that costs an HMAC. */
    @Benchmark
    public Verification badSignature() {
        return signer.verify(badSignature);
    }

    /** A key that no accepted version gives. */
    @Benchmark
    public Verification unknownKey() {
        return signer.verify(unknown);
    }

    /** A last character outside the alphabet. */
    @Benchmark
    public Verification malformedTrailer() {
        return signer.verify(badTrailer);
    }

    /** A payload that no cookie carries. */
    @Benchmark
    public Verification malformedPayload() {
        return signer.verify(badPayload);
    }

    /** A payload encoded without need, which only its last byte shows. */
    @Benchmark
    public Verification malformedEncoding() {
        return signer.verify(needlesslyEncoded);
    }

    /** A token of another format. */
    @Benchmark
    public Verification malformedPrefix() {
        return signer.verify(foreign);
    }

    private static char flipped(char c) {
        return c == 'A' ? 'B' : 'A';
    }

    private void expect(String token, String reason) {
        if (!(signer.verify(token) instanceof Rejected rejected)
                || !rejected.reason().name().equals(reason)) {
            throw new IllegalStateException("a token is not " + reason);
        }
    }
}
