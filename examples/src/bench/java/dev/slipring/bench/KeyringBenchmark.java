package dev.slipring.bench;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.slipring.Slipring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.UsableVersion;
import dev.slipring.keyring.VersionUse;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.InMemorySecretStore;
import java.time.Duration;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a request pays to learn the version that produces now. The baseline is a volatile field, the peer a cache whose
 * entries expire. Only ratios within one run say anything.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 2,
        jvmArgs = {"-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class KeyringBenchmark {
    private Slipring slipring;
    private RotatingSecret secret;
    private VersionUse use;
    private LoadingCache<String, UsableVersion> cache;
    private volatile UsableVersion field;

    /** One secret that nobody rotates meanwhile, refreshed in the background as in an application. */
    @Setup
    public void setUp() {
        slipring = Slipring.builder(InMemorySecretStore.create()).build();
        secret = slipring.secret(
                "session-key",
                RandomIssuer.bytes(32),
                RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(12)));
        use = secret.use(1);
        field = secret.primary();
        cache = Caffeine.newBuilder().expireAfterWrite(Duration.ofMinutes(1)).build(name -> secret.primary());
    }

    /** Ends the background work. */
    @TearDown
    public void tearDown() {
        slipring.close();
    }

    /** The baseline. */
    @Benchmark
    public UsableVersion field() {
        return field;
    }

    /** The version that produces, or an exception if nothing may be produced. */
    @Benchmark
    public UsableVersion primary() {
        return secret.primary();
    }

    /** The same, with a note that something was produced with it. */
    @Benchmark
    public UsableVersion primaryAndMark() {
        UsableVersion primary = secret.primary();
        use.mark();
        return primary;
    }

    /** The snapshot with every version that is accepted. */
    @Benchmark
    public Object keyring() {
        return secret.keyring();
    }

    /** The peer: one entry that expires a minute after it was loaded. */
    @Benchmark
    public UsableVersion expiringCache() {
        return cache.get("session-key");
    }

    /** What each of many tokens that name an unknown key costs, beside their refusal. */
    @Benchmark
    public void requestRefresh() {
        secret.requestRefresh();
    }

    /** The baseline for two threads. */
    @Benchmark
    @Threads(2)
    public UsableVersion fieldByTwo() {
        return field;
    }

    /** Two threads that read. */
    @Benchmark
    @Threads(2)
    public UsableVersion primaryByTwo() {
        return secret.primary();
    }

    /** Two threads that read and note a use in the same place. */
    @Benchmark
    @Threads(2)
    public UsableVersion primaryAndMarkByTwo() {
        UsableVersion primary = secret.primary();
        use.mark();
        return primary;
    }

    /** The peer under two threads. */
    @Benchmark
    @Threads(2)
    public UsableVersion expiringCacheByTwo() {
        return cache.get("session-key");
    }

    /** Two threads under bogus ids. */
    @Benchmark
    @Threads(2)
    public void requestRefreshByTwo() {
        secret.requestRefresh();
    }
}
