package dev.slipring.session;

import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.mac.MacConfig;
import com.google.crypto.tink.mac.PredefinedMacParameters;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one tag costs that is neither spelled nor parsed. The baseline is a reused {@code Mac}, the peer Tink. It stands
 * in this package since the class under test is hidden. Only ratios within one run say anything.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 2,
        jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class SessionMacBenchmark {
    /** Number of bytes of the message. */
    @Param({"64", "512"})
    public int length;

    private byte[] message;
    private long head;
    private byte[] rest;
    private Mac mac;
    private HmacState state;
    private com.google.crypto.tink.Mac tink;

    /** One key and one message for the first two; the message of ours comes in two parts, as in a token. */
    @Setup
    public void setUp() throws GeneralSecurityException {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) 7);
        message = new byte[length];
        Arrays.fill(message, (byte) 'x');
        head = ByteBuffer.wrap(message).getLong();
        rest = Arrays.copyOfRange(message, Long.BYTES, length);
        mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        state = HmacState.of(key, new byte[0]);
        if (!Arrays.equals(mac.doFinal(message), ours())) {
            throw new IllegalStateException("the codes differ");
        }
        MacConfig.register();
        tink = KeysetHandle.generateNew(PredefinedMacParameters.HMAC_SHA256_256BITTAG)
                .getPrimitive(RegistryConfiguration.get(), com.google.crypto.tink.Mac.class);
    }

    /** The baseline. */
    @Benchmark
    public byte[] mac() {
        return mac.doFinal(message);
    }

    /** Two hash states that are cloned. */
    @Benchmark
    public byte[] ours() {
        return state.digest(head, rest);
    }

    /** The peer. */
    @Benchmark
    public byte[] tink() throws GeneralSecurityException {
        return tink.computeMac(message);
    }
}
