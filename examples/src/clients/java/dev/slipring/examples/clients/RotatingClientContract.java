package dev.slipring.examples.clients;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.apikey.RotatingApiKey;
import dev.slipring.examples.clients.KeyedService.Asked;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.VersionState;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What each client has to do while its API key rotates. */
@Timeout(120)
abstract class RotatingClientContract {
    private static final int CALLERS = 4;
    private static final int ROTATIONS = 8;

    final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    final FakeSecret secret = FakeSecret.create("shop.api", clock, bytes(key(1)));
    KeyedService service;
    private final List<AutoCloseable> open = new ArrayList<>();

    /** A client that has the key of {@code rotating}; set up once, before the calls. */
    abstract void begin(RotatingSecret rotating) throws Exception;

    /** Reads something. Returns the status of the reply, which may have been an exception. */
    abstract int get() throws Exception;

    /** The same for a request with {@code text} somewhere in its body, which can be sent again. */
    abstract int post(String text) throws Exception;

    <T> RotatingApiKey<T> built(RotatingApiKey.Builder<T> builder) {
        return opened(builder.ticker(clock).executor(Runnable::run).build());
    }

    <C extends AutoCloseable> C opened(C closeable) {
        open.add(0, closeable);
        return closeable;
    }

    static String key(int version) {
        return "sk_live_hunter" + version;
    }

    @BeforeEach
    void start() throws Exception {
        service = opened(new KeyedService());
        service.accept(key(1));
        begin(secret.rotating());
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        secret.close();
    }

    /** The service takes the next key only, and this replica has not heard of it. */
    final void rotateUnseen(int next) {
        service.accept(key(next));
        secret.promote(secret.publish(bytes(key(next))));
        clock.advance(Duration.ofSeconds(10));
        service.revoke(key(next - 1));
    }

    @Test
    final void calls_whileTheKeyRotates_neverFail() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        List<AtomicInteger> calls =
                Stream.generate(AtomicInteger::new).limit(CALLERS).toList();
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Future<Integer>> failures = calls.stream()
                    .map(made -> callers.submit(() -> failures(done, made)))
                    .toList();
            for (int next = 2; next <= ROTATIONS + 1; next++) {
                awaitTwoMore(calls);
                rotateUnseen(next);
                awaitTwoMore(calls);
                secret.move(next - 1, VersionState.REVOKED);
            }
            done.set(true);
            for (Future<Integer> each : failures) {
                assertThat(each.get()).isZero();
            }
        } finally {
            done.set(true);
            callers.shutdownNow();
        }
        List<String> presented = service.keys();
        for (int version = 1; version <= ROTATIONS + 1; version++) {
            assertThat(presented).contains(key(version));
        }
    }

    /** Of two calls that end from now on the second was begun from now on. */
    private static void awaitTwoMore(List<AtomicInteger> calls) {
        List<Integer> before = calls.stream().map(AtomicInteger::get).toList();
        for (int i = 0; i < calls.size(); i++) {
            while (calls.get(i).get() < before.get(i) + 2) {
                Thread.onSpinWait();
            }
        }
    }

    private int failures(AtomicBoolean done, AtomicInteger calls) throws Exception {
        int failures = 0;
        while (!done.get()) {
            int call = calls.get();
            int status = call % 2 == 0 ? get() : post("amount_" + call);
            failures += status == 200 ? 0 : 1;
            calls.incrementAndGet();
        }
        return failures;
    }

    @Test
    final void refusedKey_readsOnceAndGoesOnWithTheOther() throws Exception {
        assertThat(get()).isEqualTo(200);
        rotateUnseen(2);
        int before = secret.loads();
        assertThat(get()).isEqualTo(200);
        assertThat(get()).isEqualTo(200);
        assertThat(service.keys()).containsExactly(key(1), key(1), key(2), key(2));
        assertThat(secret.loads()).isEqualTo(before + 1);
    }

    @Test
    final void refusedRequestWithABody_isSentAgainWhole() throws Exception {
        rotateUnseen(2);
        assertThat(post("amount_5")).isEqualTo(200);
        assertThat(service.asked()).extracting(Asked::key).containsExactly(key(1), key(2));
        assertThat(service.asked()).allSatisfy(each -> assertThat(each.body()).contains("amount_5"));
        assertThat(service.asked())
                .extracting(each -> each.idempotency() + each.body())
                .containsOnly(service.asked().get(0).idempotency()
                        + service.asked().get(0).body());
    }

    @Test
    final void otherFailures_areTheCallersAndSwitchNothing() throws Exception {
        secret.publish(bytes(key(2)));
        secret.refresh();
        service.accept(key(2));
        int before = secret.loads();
        for (int status : List.of(403, 429, 404)) {
            service.answer(status);
            assertThat(get()).isEqualTo(status);
        }
        assertThat(service.keys()).containsOnly(key(1));
        assertThat(secret.loads()).isEqualTo(before);
    }

    @Test
    final void everyKeyRefused_endsInTheRefusalAndShowsNoKey() throws Exception {
        rotateUnseen(2);
        service.revoke(key(2));
        StringBuilder told = new StringBuilder();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                if (entry.getLoggerName() != null && entry.getLoggerName().startsWith("sun.net.www")) {
                    return; // the JDK's own, which show every header to those who ask for them
                }
                told.append(entry.getMessage()).append(entry.getThrown()).append('\n');
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        handler.setLevel(Level.ALL);
        Logger root = Logger.getLogger("");
        Level level = root.getLevel();
        root.addHandler(handler);
        root.setLevel(Level.ALL);
        try {
            assertThat(get()).isEqualTo(401);
            service.close();
            told.append(trace(this::get));
        } finally {
            root.setLevel(level);
            root.removeHandler(handler);
        }
        assertThat(told.toString()).contains("Exception").doesNotContain("hunter");
    }

    private static String trace(Failing failing) {
        StringWriter text = new StringWriter();
        try {
            failing.call();
        } catch (Exception e) {
            e.printStackTrace(new PrintWriter(text));
        }
        return text.toString();
    }

    /** Something that throws. */
    @FunctionalInterface
    interface Failing {
        int call() throws Exception;
    }

    static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }
}
