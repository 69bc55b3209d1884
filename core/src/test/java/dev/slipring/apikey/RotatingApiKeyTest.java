package dev.slipring.apikey;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.AuthFailure;
import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.StaleKeyringException;
import dev.slipring.keyring.VersionState;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RotatingApiKeyTest {
    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final FakeSecret secret = FakeSecret.create("shop.api", clock, key(1));
    private final Service service = new Service();
    private final RotatingApiKey<Reply> apiKey = builder().build();

    /** What the service answered, and to which version. */
    private record Reply(int status, int version, AtomicBoolean closed) implements AutoCloseable {
        Reply(int status, int version) {
            this(status, version, new AtomicBoolean());
        }

        @Override
        public void close() {
            closed.set(true);
        }
    }

    /** Knows some of the keys; notes which version each call presented. */
    private static final class Service {
        private final Set<String> alive = ConcurrentHashMap.newKeySet();
        private final List<Integer> presented = new ArrayList<>();

        Service() {
            alive.add(text(1));
        }

        Reply answer(ApiKey key) {
            synchronized (presented) {
                presented.add(key.version());
            }
            return new Reply(alive.contains(key.revealText()) ? 200 : 401, key.version());
        }

        List<Integer> presented() {
            synchronized (presented) {
                List<Integer> all = List.copyOf(presented);
                presented.clear();
                return all;
            }
        }
    }

    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private static String text(int version) {
        return "sk_live_hunter" + version;
    }

    private static byte[] key(int version) {
        return text(version).getBytes(US_ASCII);
    }

    private RotatingApiKey.Builder<Reply> builder() {
        return RotatingApiKey.<Reply>builder(secret.rotating())
                .refusedWhen(reply -> reply.status == 401)
                .refusedWhenThrown(RefusedException.class::isInstance)
                .ticker(clock)
                .executor(Runnable::run);
    }

    /** A rotation that the view has not seen. */
    private void rotateUnseen() {
        secret.promote(secret.publish(key(2)));
        service.alive.add(text(2));
    }

    @AfterEach
    void close() {
        apiKey.close();
        secret.close();
    }

    // ---- one call

    @Test
    void call_keyAccepted_isMadeOnceAndCountsAsUse() {
        assertThat(apiKey.call(service::answer).status).isEqualTo(200);
        assertThat(service.presented()).containsExactly(1);
        secret.refresh();
        assertThat(secret.report().lastUse()).containsOnlyKeys(1);
    }

    @Test
    void call_keyRevokedBeforeTheNewOneIsSeen_goesOnWithTheNewOne() {
        rotateUnseen();
        service.alive.remove(text(1));
        int before = secret.loads();
        assertThat(apiKey.call(service::answer).status).isEqualTo(200);
        assertThat(service.presented()).containsExactly(1, 2);
        assertThat(secret.loads()).isEqualTo(before + 1);
        secret.refresh();
        assertThat(secret.report().lastUse()).containsOnlyKeys(2); // a refusal is no use
        assertThat(secret.rotating().uses().counts().versions().get(2).produced())
                .isEqualTo(1);
        assertThat(secret.rotating().uses().counts().failures(AuthFailure.UNAUTHORIZED))
                .isEqualTo(1);
    }

    @Test
    void call_keyRevokedBeforePromotion_goesOnWithThePublishedOne() {
        secret.publish(key(2));
        service.alive.add(text(2));
        service.alive.remove(text(1));
        assertThat(apiKey.call(service::answer).status).isEqualTo(200);
        assertThat(service.presented()).containsExactly(1, 2);
    }

    @Test
    void call_viewIsNewerThanTheKey_readsNothing() {
        int before = secret.loads();
        Reply reply = apiKey.call(key -> {
            if (key.version() == 1) {
                service.alive.remove(text(1));
                rotateUnseen();
                secret.refresh();
            }
            return service.answer(key);
        });
        assertThat(reply.status).isEqualTo(200);
        assertThat(secret.loads()).isEqualTo(before + 1);
    }

    @Test
    void call_refusedByException_goesOnWithTheNewOne() throws Exception {
        rotateUnseen();
        service.alive.remove(text(1));
        assertThat(apiKey.call(this::throwing).version).isEqualTo(2);
        service.alive.clear();
        assertThatThrownBy(() -> apiKey.call(this::throwing)).isInstanceOf(RefusedException.class);
        assertThat(service.presented()).containsExactly(1, 2, 2, 1);
    }

    private Reply throwing(ApiKey key) throws RefusedException {
        Reply reply = service.answer(key);
        if (reply.status == 401) {
            throw new RefusedException();
        }
        return reply;
    }

    @Test
    void call_otherStatus_passesThroughAndReadsNothing() {
        rotateUnseen();
        secret.refresh();
        int before = secret.loads();
        for (int status : List.of(403, 429, 500)) {
            Reply reply = apiKey.call(key -> new Reply(status, key.version()));
            assertThat(reply.status).isEqualTo(status);
            assertThat(reply.closed).isFalse();
        }
        assertThat(secret.loads()).isEqualTo(before);
        assertThat(apiKey.call(service::answer).version).isEqualTo(2);
    }

    @Test
    void call_checkedException_passesThroughTyped() {
        AtomicInteger made = new AtomicInteger();
        try {
            apiKey.call(key -> {
                made.incrementAndGet();
                throw new IOException("reset");
            });
        } catch (IOException e) { // the compiler knows that it is one
            assertThat(e).hasMessage("reset");
        }
        assertThat(made).hasValue(1);
    }

    @Test
    void call_noOtherKey_passesTheRefusalAndReadsOncePerInterval() {
        service.alive.clear();
        int before = secret.loads();
        for (int i = 0; i < 10; i++) {
            assertThat(apiKey.call(service::answer).status).isEqualTo(401);
        }
        assertThat(service.presented()).hasSize(10);
        assertThat(secret.loads()).isEqualTo(before + 1);
        clock.advance(Duration.ofSeconds(5));
        apiKey.call(service::answer);
        assertThat(secret.loads()).isEqualTo(before + 2);
    }

    @Test
    void call_everyKeyDead_isMadeTwiceAndPassesTheRefusal() {
        rotateUnseen();
        secret.publish(key(3));
        service.alive.clear();
        assertThat(apiKey.call(service::answer).status).isEqualTo(401);
        assertThat(service.presented()).containsExactly(1, 2);
    }

    @Test
    void call_storeDown_goesOnWithWhatIsKnown() {
        rotateUnseen();
        secret.refresh();
        service.alive.remove(text(2));
        secret.outage(true);
        assertThat(apiKey.call(service::answer).version).isEqualTo(1);
    }

    @Test
    void call_storeHangs_waitsNoLongerThanToldAndGoesOn() throws Exception {
        rotateUnseen();
        Keyring known = secret.refresh();
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean hangs = new AtomicBoolean();
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try (RotatingSecret hung = RotatingSecret.builder(
                        known.secret(), before -> hangs.get() ? hang(release, known) : known, secret.scheduler())
                .build()) {
            RotatingApiKey<Reply> patient = RotatingApiKey.<Reply>builder(hung)
                    .refusedWhen(reply -> reply.status == 401)
                    .executor(reader)
                    .refreshPatience(Duration.ofMillis(20))
                    .build();
            hangs.set(true);
            service.alive.remove(text(2));
            assertThat(patient.call(service::answer).version).isEqualTo(1);
            assertThat(patient.callAsync(key -> CompletableFuture.completedFuture(service.answer(key)))
                            .get()
                            .version)
                    .isEqualTo(1);
        } finally {
            release.countDown();
            reader.shutdown();
        }
    }

    private static Keyring hang(CountDownLatch release, Keyring known) {
        try {
            release.await();
            return known;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void call_refusedReplyReplaced_isClosedAndThePassedOneIsNot() {
        rotateUnseen();
        service.alive.remove(text(1));
        List<Reply> replies = new ArrayList<>();
        apiKey.call(key -> {
            Reply reply = service.answer(key);
            replies.add(reply);
            return reply;
        });
        assertThat(replies).extracting(reply -> reply.closed.get()).containsExactly(true, false);
    }

    @Test
    void call_staleAndToldToStop_isNotMade() {
        ManualClock its = ManualClock.at("2030-01-01T00:00:00Z");
        FakeSecret stopping = FakeSecret.createStopping("shop.api", its, key(1));
        RotatingApiKey<Reply> stopped = RotatingApiKey.<Reply>builder(stopping.rotating())
                .refusedWhen(reply -> reply.status == 401)
                .build();
        stopping.outage(true);
        stopping.scheduler().advance(Duration.ofMinutes(16));
        assertThatThrownBy(() -> stopped.call(service::answer)).isInstanceOf(StaleKeyringException.class);
        assertThat(stopped.callAsync(key -> CompletableFuture.completedFuture(service.answer(key))))
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(StaleKeyringException.class);
        assertThat(service.presented()).isEmpty();
        stopping.close();
    }

    @Test
    void callOnce_refused_isNotMadeAgainButTheNextIsRight() {
        rotateUnseen();
        service.alive.remove(text(1));
        assertThat(apiKey.callOnce(service::answer).status).isEqualTo(401);
        assertThat(apiKey.callOnce(service::answer).status).isEqualTo(200);
        assertThat(service.presented()).containsExactly(1, 2);
    }

    // ---- what is remembered

    @Test
    void callsAfterARefusal_beginWithTheOtherKeyAndTryTheRefusedOneEverMoreRarely() {
        rotateUnseen();
        secret.refresh();
        service.alive.remove(text(2));
        apiKey.call(service::answer);
        assertThat(service.presented()).containsExactly(2, 1);
        for (int wait : List.of(1, 2, 4, 8, 16, 32, 60, 60)) {
            clock.advance(Duration.ofSeconds(wait).minusNanos(1));
            apiKey.call(service::answer);
            assertThat(service.presented()).containsExactly(1);
            clock.advance(Duration.ofNanos(1));
            assertThat(apiKey.call(service::answer).status).isEqualTo(200);
            assertThat(service.presented()).containsExactly(2, 1);
            apiKey.call(service::answer);
            assertThat(service.presented()).containsExactly(1);
        }
    }

    @Test
    void refusal_isNotForgottenByARefreshThatChangesNothing() {
        rotateUnseen();
        secret.refresh();
        service.alive.remove(text(2));
        apiKey.call(service::answer);
        secret.refresh();
        service.presented();
        apiKey.call(service::answer);
        assertThat(service.presented()).containsExactly(1);
    }

    @Test
    void keyThatWorksAgain_isPrimaryAgain() {
        rotateUnseen();
        secret.refresh();
        service.alive.remove(text(2));
        apiKey.call(service::answer);
        service.alive.add(text(2));
        clock.advance(Duration.ofSeconds(1));
        service.presented();
        apiKey.call(service::answer);
        apiKey.call(service::answer);
        assertThat(service.presented()).containsExactly(2, 2);
    }

    @Test
    void trial_thatSaysNothingOfTheKey_leavesItRefused() {
        RotatingApiKey<Reply> byStatus = RotatingApiKey.<Reply>http(secret.rotating(), reply -> reply.status)
                .ticker(clock)
                .executor(Runnable::run)
                .build();
        rotateUnseen();
        Keyring after = secret.refresh();
        service.alive.remove(text(2));
        byStatus.call(service::answer);
        clock.advance(Duration.ofSeconds(31));
        for (int status : List.of(429, 503, 302, 404)) {
            clock.advance(Duration.ofSeconds(16));
            assertThat(byStatus.call(key -> new Reply(key.version() == 2 ? status : 200, key.version())).status)
                    .isEqualTo(status);
            service.presented();
            byStatus.call(service::answer);
            assertThat(service.presented()).containsExactly(1);
            secret.refresh();
            assertThat(hasTakenUp(after)).isFalse();
        }
        clock.advance(Duration.ofSeconds(60));
        byStatus.call(key -> new Reply(403, key.version()));
        secret.refresh();
        assertThat(hasTakenUp(after)).isTrue();
        byStatus.close();
    }

    @Test
    void otherKeyDiesWhileTheRefusedOneWaitsForItsTrial_theRefusedOneIsTried() {
        rotateUnseen();
        secret.refresh();
        service.alive.remove(text(2));
        apiKey.call(service::answer);
        service.alive.add(text(2));
        service.alive.remove(text(1));
        service.presented();
        assertThat(apiKey.call(service::answer).status).isEqualTo(200);
        assertThat(service.presented()).containsExactly(1, 2);
    }

    @Test
    void refusal_ofAVersionThatIsGone_isForgotten() {
        rotateUnseen();
        service.alive.remove(text(1));
        apiKey.call(service::answer);
        secret.move(1, VersionState.REVOKED);
        secret.refresh();
        service.presented();
        assertThat(apiKey.call(service::answer).status).isEqualTo(200);
        assertThat(service.presented()).containsExactly(2);
    }

    @Test
    void acknowledgement_whilePrimaryIsRefused_isWithheld() {
        rotateUnseen();
        Keyring after = secret.refresh();
        service.alive.remove(text(2));
        apiKey.call(service::answer);
        clock.advance(Duration.ofSeconds(31));
        secret.refresh();
        assertThat(hasTakenUp(after)).isFalse();
        service.alive.add(text(2));
        apiKey.call(service::answer);
        secret.refresh();
        assertThat(hasTakenUp(after)).isTrue();
    }

    @Test
    void close_whilePrimaryIsRefused_withholdsNoMore() {
        rotateUnseen();
        Keyring after = secret.refresh();
        service.alive.remove(text(2));
        apiKey.call(service::answer);
        apiKey.close();
        clock.advance(Duration.ofSeconds(31));
        secret.refresh();
        assertThat(hasTakenUp(after)).isTrue();
    }

    private boolean hasTakenUp(Keyring keyring) {
        return secret.report()
                .hasTakenUp(keyring.edition().incarnation(), keyring.edition().epoch());
    }

    // ---- many calls

    @Test
    void calls_ofAThousandThreadsRefusedAtOnce_readOnceAndAreEachMadeTwice() throws Exception {
        int threads = 1000;
        ExecutorService reader = Executors.newCachedThreadPool();
        RotatingApiKey<Reply> shared = builder().executor(reader).build();
        rotateUnseen();
        service.alive.remove(text(1));
        int before = secret.loads();
        CyclicBarrier allPresented = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Integer>> statuses = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                statuses.add(pool.submit(() -> shared.call(key -> {
                            Reply reply = service.answer(key);
                            if (key.version() == 1) {
                                allPresented.await();
                            }
                            return reply;
                        })
                        .status));
            }
            for (Future<Integer> status : statuses) {
                assertThat(status.get()).isEqualTo(200);
            }
        } finally {
            pool.shutdownNow();
            reader.shutdown();
        }
        assertThat(secret.loads()).isEqualTo(before + 1);
        List<Integer> presented = service.presented();
        assertThat(presented).hasSize(2 * threads);
        assertThat(presented.stream().filter(version -> version == 1)).hasSize(threads);
    }

    @Test
    void trial_ofManyCallsAtOnce_isMadeByOne() throws Exception {
        rotateUnseen();
        secret.refresh();
        service.alive.remove(text(2));
        apiKey.call(service::answer);
        service.presented();
        clock.advance(Duration.ofSeconds(1));
        int threads = 32;
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Integer>> statuses = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                statuses.add(pool.submit(() -> {
                    start.await();
                    return apiKey.call(service::answer).status;
                }));
            }
            for (Future<Integer> status : statuses) {
                assertThat(status.get()).isEqualTo(200);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(service.presented().stream().filter(version -> version == 2)).hasSize(1);
    }

    // ---- without waiting

    @Test
    void callAsync_refused_goesOnWithTheNewOneAndClosesTheRefusal() throws Exception {
        rotateUnseen();
        service.alive.remove(text(1));
        List<Reply> replies = new ArrayList<>();
        Reply reply = apiKey.callAsync(key -> {
                    replies.add(service.answer(key));
                    return CompletableFuture.completedFuture(replies.get(replies.size() - 1));
                })
                .get();
        assertThat(reply.status).isEqualTo(200);
        assertThat(replies).extracting(each -> each.closed.get()).containsExactly(true, false);
        secret.refresh();
        assertThat(secret.report().lastUse()).containsOnlyKeys(2);
    }

    @Test
    void callAsync_refusedByFailureOrThrow_goesOnWithTheNewOne() throws Exception {
        rotateUnseen();
        service.alive.remove(text(1));
        assertThat(apiKey.callAsync(key -> key.version() == 1
                                ? CompletableFuture.supplyAsync(() -> 1)
                                        .<Reply>thenCompose(
                                                one -> CompletableFuture.failedFuture(new RefusedException()))
                                : CompletableFuture.completedFuture(service.answer(key)))
                        .get()
                        .version)
                .isEqualTo(2);
    }

    @Test
    void callAsync_callThrows_failsWithThat() {
        CompletableFuture<Reply> failed = apiKey.callAsync(key -> {
            throw new IllegalArgumentException("no such place");
        });
        assertThat(failed)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void callAsync_cancelled_cancelsTheCallUnderWay() {
        CompletableFuture<Reply> never = new CompletableFuture<>();
        CompletableFuture<Reply> result = apiKey.callAsync(key -> never);
        result.cancel(true);
        assertThat(never).isCancelled();
        assertThat(secret.loads()).isEqualTo(1);
    }

    @Test
    void callAsync_cancelledWhileTheSecretIsRead_closesTheRefusal() {
        List<Runnable> reads = new ArrayList<>();
        RotatingApiKey<Reply> waiting = builder().executor(reads::add).build();
        Reply refusal = new Reply(401, 1);
        CompletableFuture<Reply> result = waiting.callAsync(key -> CompletableFuture.completedFuture(refusal));
        result.cancel(true);
        assertThat(refusal.closed).isFalse();
        while (!reads.isEmpty()) {
            reads.remove(0).run();
        }
        assertThat(refusal.closed).isTrue();
        waiting.close();
    }

    @Test
    void callAsync_cancelledButAnsweredAllTheSame_closesTheReply() {
        CompletableFuture<Reply> stubborn = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterrupt) {
                return false;
            }
        };
        CompletableFuture<Reply> result = apiKey.callAsync(key -> stubborn);
        result.cancel(true);
        Reply late = new Reply(200, 1);
        stubborn.complete(late);
        assertThat(late.closed).isTrue();
    }

    // ---- what it is made of

    @Test
    void builder_nothingTellsOfARefusal_isRefused() {
        assertThatThrownBy(() -> RotatingApiKey.builder(secret.rotating()).build())
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void builder_timesOutOfRange_areRefused() {
        for (Duration each : List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofSeconds(61))) {
            assertThatThrownBy(() -> builder().refreshInterval(each)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> builder().refreshPatience(each)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void stringForms_showNoKey() {
        List<ApiKey> keys = new ArrayList<>();
        apiKey.call(key -> {
            keys.add(key);
            return service.answer(key);
        });
        assertThat(keys.get(0).toString() + apiKey + KeyHeader.bearer())
                .doesNotContain("hunter")
                .contains("version 1")
                .contains("15 bytes");
    }
}
