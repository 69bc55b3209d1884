package dev.slipring.bench;

import dev.slipring.session.SessionSigner;
import dev.slipring.session.Verification;
import java.nio.charset.StandardCharsets;
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
 * What a request pays to sign a session token and to verify one, of the current version and of the one before. The
 * baseline is a reused {@code Mac}, the peers are Tink, jjwt and Nimbus. Only ratios within one run say anything.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 2,
        jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class SessionBenchmark {
    /** Cookie-safe characters, or a text of 64 bytes that has to be encoded. */
    @Param({"id64", "text64", "id512"})
    public String payload;

    private byte[] bytes;
    private String text;
    private RotatedSessions sessions;
    private SessionSigner signer;
    private MacTokens mac;
    private TinkTokens tink;
    private JjwtTokens jjwt;
    private NimbusTokens nimbus;
    private String[] ours;
    private String[] macs;
    private String[] tinks;
    private String[] jjwts;
    private String[] nimbuses;

    /** Two accepted versions everywhere, and a token of each. */
    @Setup
    public void setUp() throws Exception {
        bytes = payload.equals("text64")
                ? RotatedSessions.text64()
                : RotatedSessions.id(Integer.parseInt(payload.substring(2)));
        text = new String(bytes, StandardCharsets.US_ASCII);
        boolean plain = !payload.equals("text64");
        sessions = new RotatedSessions(2, bytes);
        signer = sessions.signer();
        mac = new MacTokens(plain);
        tink = new TinkTokens(plain);
        jjwt = new JjwtTokens();
        nimbus = new NimbusTokens();
        ours = new String[] {sessions.token(0), sessions.token(1)};
        macs = new String[] {mac.sign(0, bytes), mac.sign(1, bytes)};
        tinks = new String[] {tink.sign(0, bytes), tink.sign(1, bytes)};
        jjwts = new String[] {jjwt.sign("0", text), jjwt.sign("1", text)};
        nimbuses = new String[] {nimbus.sign("0", text), nimbus.sign("1", text)};
        for (int key = 0; key < 2; key++) {
            boolean good = signer.verify(ours[key]) instanceof Verification.Valid valid
                    && valid.version() == 2 - key
                    && mac.verify(macs[key]) != null
                    && tink.verify(tinks[key]) != null
                    && jjwt.verify(jjwts[key]).getSubject().equals(text)
                    && nimbus.verify(nimbuses[key]) != null;
            if (!good) {
                throw new IllegalStateException("a token of key " + key + " does not verify");
            }
        }
    }

    /** Ends the background work. */
    @TearDown
    public void tearDown() {
        sessions.close();
    }

    /** The baseline for signing. */
    @Benchmark
    public String signMac() {
        return mac.sign(0, bytes);
    }

    /** Signing. */
    @Benchmark
    public String sign() {
        return signer.sign(bytes);
    }

    /** Signing, by Tink. */
    @Benchmark
    public String signTink() throws Exception {
        return tink.sign(0, bytes);
    }

    /** Signing, by jjwt. */
    @Benchmark
    public String signJjwt() {
        return jjwt.sign("0", text);
    }

    /** Signing, by Nimbus. */
    @Benchmark
    public String signNimbus() throws Exception {
        return nimbus.sign("0", text);
    }

    /** The baseline for verifying. */
    @Benchmark
    public Object verifyMac() {
        return mac.verify(macs[0]);
    }

    /** Verifying. */
    @Benchmark
    public Verification verify() {
        return signer.verify(ours[0]);
    }

    /** Verifying, by Tink. */
    @Benchmark
    public Object verifyTink() throws Exception {
        return tink.verify(tinks[0]);
    }

    /** Verifying, by jjwt. */
    @Benchmark
    public Object verifyJjwt() {
        return jjwt.verify(jjwts[0]);
    }

    /** Verifying, by Nimbus. */
    @Benchmark
    public Object verifyNimbus() throws Exception {
        return nimbus.verify(nimbuses[0]);
    }

    /** The baseline for verifying what the version before signed. */
    @Benchmark
    public Object verifyPreviousMac() {
        return mac.verify(macs[1]);
    }

    /** Verifying what the retiring version signed. */
    @Benchmark
    public Verification verifyPrevious() {
        return signer.verify(ours[1]);
    }

    /** Verifying what the key before signed, by Tink. */
    @Benchmark
    public Object verifyPreviousTink() throws Exception {
        return tink.verify(tinks[1]);
    }

    /** Verifying what the key before signed, by jjwt. */
    @Benchmark
    public Object verifyPreviousJjwt() {
        return jjwt.verify(jjwts[1]);
    }

    /** Verifying what the key before signed, by Nimbus. */
    @Benchmark
    public Object verifyPreviousNimbus() throws Exception {
        return nimbus.verify(nimbuses[1]);
    }
}
