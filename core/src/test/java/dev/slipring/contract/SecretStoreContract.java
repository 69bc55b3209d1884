package dev.slipring.contract;

import static dev.slipring.contract.Records.NAME;
import static dev.slipring.contract.Records.at;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.Phase;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretRecordFormat;
import dev.slipring.store.SecretStore;
import dev.slipring.store.WriteWindow;
import dev.slipring.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every store promises; inherited by the test of each implementation. */
@Timeout(300)
public abstract class SecretStoreContract {
    private static final SecretName OTHER = SecretName.of("orders.db-login.b");
    private static final int THREADS = 16;

    /** The store's clock. */
    protected final ManualClock clock = ManualClock.at(Records.START);

    /** Another instance on the one place of this test, whose time is {@link #clock}. */
    protected abstract SecretStore open();

    /** How many epochs the race goes over; other races are as much shorter as this one. */
    protected int epochs() {
        return 200;
    }

    /** The longest value that this store takes, in bytes. */
    protected int longestValue() {
        return SecretValue.MAX_LENGTH;
    }

    /** How many values a secret has at once in these tests; 20 unless the store takes fewer. */
    protected int versions() {
        return 20;
    }

    /** Whether what this store stands on lets one of several writers win; some imitations of a service do not. */
    protected boolean arbitrates() {
        return true;
    }

    /** Whether this store keeps reports of replicas. */
    protected boolean keepsReports() {
        return true;
    }

    /** Whether this store replaces the stored form of a value; without, a sealing store around it cannot reseal. */
    protected boolean replaces() {
        return true;
    }

    /** A window that is open. */
    protected final WriteWindow window() {
        return WriteWindow.open(clock, Duration.ofSeconds(5));
    }

    // ---- records

    @Test
    void read_unknownSecret_isEmptyAndTellsTheTime() {
        Reading reading = open().read(NAME);
        assertThat(reading.record()).isEmpty();
        assertThat(reading.storeNow()).isEqualTo(Records.START);
    }

    @Test
    void read_later_tellsTheLaterTime() {
        SecretStore store = open();
        store.compareAndSet(at(1, "a"), window());
        clock.advance(Duration.ofMinutes(3));
        assertThat(store.read(NAME).storeNow()).isEqualTo(Records.START.plusSeconds(180));
    }

    @Test
    void compareAndSet_firstEpoch_creates() {
        SecretStore store = open();
        assertThat(store.compareAndSet(at(1, "a"), window())).isTrue();
        assertThat(store.read(NAME).record()).contains(at(1, "a"));
    }

    @Test
    void compareAndSet_firstEpochOfAnExistingRecord_isLost() {
        SecretStore store = open();
        store.compareAndSet(at(1, "a"), window());
        assertThat(store.compareAndSet(at(1, "b"), window())).isFalse();
        assertThat(store.compareAndSet(at(1, "a"), window())).isFalse();
        assertThat(store.read(NAME).record()).contains(at(1, "a"));
    }

    @Test
    void compareAndSet_firstWriteWithALaterEpoch_isLost() {
        SecretStore store = open();
        assertThat(store.compareAndSet(at(2, "a"), window())).isFalse();
        assertThat(store.read(NAME).record()).isEmpty();
        assertThat(store.names()).isEmpty();
    }

    @Test
    void compareAndSet_nextEpoch_replaces() {
        SecretStore store = open();
        for (int epoch = 1; epoch <= 30; epoch++) {
            assertThat(store.compareAndSet(at(epoch, "a" + epoch), window())).isTrue();
            assertThat(store.read(NAME).record()).contains(at(epoch, "a" + epoch));
        }
    }

    @Test
    void compareAndSet_anyEpochButTheNext_isLost() {
        SecretStore store = open();
        for (int epoch = 1; epoch <= 5; epoch++) {
            store.compareAndSet(at(epoch, "a"), window());
        }
        for (long epoch : new long[] {1, 4, 5, 7, 8, 1_000_000, Long.MAX_VALUE}) {
            assertThat(store.compareAndSet(at(epoch, "b"), window())).isFalse();
        }
        assertThat(store.read(NAME).record()).contains(at(5, "a"));
    }

    @Test
    void compareAndSet_nextIncarnation_goesOnFromTheSameEpoch() {
        SecretStore store = open();
        store.compareAndSet(at(1, "a"), window());
        SecretRecord restored = at(2, "b").reincarnated(0);

        assertThat(store.compareAndSet(at(3, "b").reincarnated(0), window())).isFalse();
        assertThat(store.compareAndSet(restored, window())).isTrue();
        assertThat(store.read(NAME).record()).contains(restored);
        assertThat(store.compareAndSet(at(2, "a"), window())).isFalse();
        assertThat(store.compareAndSet(at(3, "a"), window())).isFalse();
        assertThat(store.compareAndSet(at(3, "b").reincarnated(0), window())).isTrue();
    }

    @Test
    void compareAndSet_otherIncarnation_isLost() {
        SecretStore store = open();
        store.compareAndSet(at(1, "a").reincarnated(0), window());

        assertThat(store.compareAndSet(at(2, "b"), window())).isFalse();
        assertThat(store.compareAndSet(
                        at(2, "b").reincarnated(0).reincarnated(0).reincarnated(0), window()))
                .isFalse();
        assertThat(store.read(NAME).record()).contains(at(1, "a").reincarnated(0));
    }

    @Test
    void report_ofEachReplica_isTheLastItMade() {
        SecretStore store = open();
        assertThat(store.traits().reports()).isEqualTo(keepsReports());
        assumeTrue(keepsReports(), "this store keeps no reports");
        assertThat(store.reports(NAME)).isEmpty();
        ReplicaReport first = new ReplicaReport("a", 1, 4, clock.instant().plusSeconds(60), Map.of());
        ReplicaReport other = new ReplicaReport("b.1", 2, 5, clock.instant(), Map.of(7, clock.instant()));
        ReplicaReport later = new ReplicaReport("a", 1, 6, clock.instant().plusSeconds(90), Map.of(1, clock.instant()));

        store.report(NAME, first);
        store.report(NAME, other);
        store.report(NAME, later);

        assertThat(store.reports(NAME)).containsExactlyInAnyOrder(later, other);
        assertThat(store.reports(OTHER)).isEmpty();
        assertThat(store.read(NAME).record()).isEmpty();
        assertThat(store.names()).isEmpty();
    }

    @Test
    void compareAndSet_closedWindow_writesNothing() {
        SecretStore store = open();
        WriteWindow late = window();
        clock.advance(Duration.ofSeconds(5).minusNanos(1));
        assertThat(store.compareAndSet(at(1, "timely"), late)).isTrue();
        clock.advance(Duration.ofNanos(1));
        assertThat(store.compareAndSet(at(2, "late"), late)).isFalse();
        assertThat(store.compareAndSet(at(OTHER, 1, "late"), late)).isFalse();
        assertThat(store.read(NAME).record()).contains(at(1, "timely"));
        assertThat(store.read(OTHER).record()).isEmpty();
        assertThat(store.names()).containsExactly(NAME);
        assertThat(store.compareAndSet(at(2, "again"), window())).isTrue();
    }

    @Test
    void compareAndSet_everyFieldSet_isReadBackEqual() {
        SecretStore store = open();
        for (int epoch = 1; epoch <= 2; epoch++) {
            assertThat(store.compareAndSet(Records.full(epoch), window())).isTrue();
            assertThat(open().read(NAME).record()).contains(Records.full(epoch));
        }
    }

    @Test
    void compareAndSet_everyPhase_isReadBackEqual() {
        SecretStore store = open();
        SecretRecord record = at(1, "a");
        store.compareAndSet(record, window());
        for (Phase phase : Phase.values()) {
            record = record.then(phase);
            assertThat(store.compareAndSet(record, window())).isTrue();
            assertThat(store.read(NAME).record()).contains(record);
        }
    }

    @Test
    void compareAndSet_fieldsOfANewerBuild_areKeptWhenRewritten() {
        SecretStore store = open();
        SecretRecord newer = SecretRecordFormat.parse(NAME, NewerBuild.text(at(1, "a")), "test");
        assertThat(store.compareAndSet(newer, window())).isTrue();
        SecretRecord read = open().read(NAME).record().orElseThrow();
        SecretRecord next = read.then(Phase.MINTING).with(1, v -> v.attempted(2));
        assertThat(store.compareAndSet(next, window())).isTrue();
        SecretRecord rewritten = open().read(NAME).record().orElseThrow();
        assertThat(rewritten.extensions()).isEqualTo(newer.extensions()).containsOnlyKeys(NewerBuild.PATHS);
        assertThat(SecretRecordFormat.print(rewritten)).contains(NewerBuild.FRAGMENTS);
    }

    @Test
    void compareAndSet_longHistory_isReadBackEqual() {
        SecretStore store = open();
        SecretRecord record = Records.full(1);
        for (int number = 100; number < 600; number++) {
            int n = number;
            record = record.plus(record.version(13).map(v -> renumbered(v, n)).orElseThrow());
        }
        assertThat(store.compareAndSet(record, window())).isTrue();
        assertThat(store.read(NAME).record()).contains(record);
    }

    @Test
    void compareAndSet_sixteenThreadsOverManyEpochs_hasOneWinnerEach() throws Exception {
        assumeTrue(arbitrates(), "of several writers more than one wins here");
        AtomicIntegerArray winners = new AtomicIntegerArray(epochs() + 1);
        AtomicIntegerArray winner = new AtomicIntegerArray(epochs() + 1);
        CyclicBarrier barrier = new CyclicBarrier(THREADS);
        inParallel(thread -> () -> {
            SecretStore store = open();
            for (int epoch = 1; epoch <= epochs(); epoch++) {
                barrier.await();
                if (store.compareAndSet(at(epoch, "t" + thread), window())) {
                    winners.incrementAndGet(epoch);
                    winner.set(epoch, thread);
                }
                barrier.await();
                if (thread == epoch % THREADS) {
                    SecretRecord seen = store.read(NAME).record().orElseThrow();
                    assertThat(seen).isEqualTo(at(epoch, "t" + winner.get(epoch)));
                }
            }
            return null;
        });
        for (int epoch = 1; epoch <= epochs(); epoch++) {
            assertThat(winners.get(epoch)).as("winners of epoch %s", epoch).isEqualTo(1);
        }
        assertThat(open().read(NAME).record()).contains(at(epochs(), "t" + winner.get(epochs())));
    }

    @Test
    void read_whileOthersWrite_neverGoesBackAndIsNeverTorn() throws Exception {
        assumeTrue(arbitrates(), "of several writers more than one wins here");
        int last = 100;
        open().compareAndSet(at(1, "w1"), window());
        inParallel(thread -> () -> {
            SecretStore store = open();
            long seen = 0;
            while (seen < last) {
                SecretRecord record = store.read(NAME).record().orElseThrow();
                assertThat(record).isEqualTo(at(record.epoch(), "w" + record.epoch()));
                assertThat(record.epoch()).isGreaterThanOrEqualTo(seen);
                seen = record.epoch();
                if (thread < 4 && seen < last) {
                    store.compareAndSet(at(seen + 1, "w" + (seen + 1)), window());
                }
            }
            return null;
        });
    }

    @Test
    void instances_onOnePlace_seeEachOther() {
        SecretStore a = open();
        SecretStore b = open();
        a.compareAndSet(at(1, "a"), window());
        assertThat(b.read(NAME).record()).contains(at(1, "a"));
        assertThat(b.compareAndSet(at(1, "b"), window())).isFalse();
        assertThat(b.compareAndSet(at(2, "b"), window())).isTrue();
        assertThat(a.compareAndSet(at(2, "a"), window())).isFalse();
        assertThat(a.read(NAME).record()).contains(at(2, "b"));
        a.putValueIfAbsent(NAME, 1, value("x"));
        assertThat(b.value(NAME, 1)).contains(value("x"));
        b.eraseValue(NAME, 1);
        assertThat(a.value(NAME, 1)).isEmpty();
        assertThat(a.names()).isEqualTo(b.names()).containsExactly(NAME);
    }

    @Test
    void secrets_whoseNamesBeginAlike_areApart() {
        SecretStore store = open();
        List<SecretName> names = List.of(NAME, OTHER, SecretName.of("orders.db"), SecretName.of("orders.db-login-"));
        for (SecretName name : names) {
            assertThat(store.compareAndSet(at(name, 1, "x"), window())).isTrue();
            store.putValueIfAbsent(name, 1, value(name.value()));
        }
        for (SecretName name : names) {
            assertThat(store.read(name).record()).contains(at(name, 1, "x"));
            assertThat(store.value(name, 1)).contains(value(name.value()));
        }
        store.eraseValue(NAME, 1);
        assertThat(store.value(OTHER, 1)).isPresent();
    }

    // ---- values

    @Test
    void value_neverPut_isEmpty() {
        SecretStore store = open();
        assertThat(store.value(NAME, 1)).isEmpty();
        store.putValueIfAbsent(NAME, 1, value("one"));
        assertThat(store.value(NAME, 2)).isEmpty();
        assertThat(store.value(NAME, 11)).isEmpty();
        assertThat(store.value(OTHER, 1)).isEmpty();
    }

    @Test
    void putValueIfAbsent_twice_keepsAndReturnsTheFirst() {
        SecretStore store = open();
        assertThat(store.putValueIfAbsent(NAME, 1, value("first"))).isEqualTo(value("first"));
        assertThat(store.putValueIfAbsent(NAME, 1, value("second"))).isEqualTo(value("first"));
        assertThat(store.value(NAME, 1)).contains(value("first"));
    }

    @Test
    void putValueIfAbsent_sixteenThreads_hasOneWinnerThatEverybodyReads() throws Exception {
        assumeTrue(arbitrates(), "of several writers more than one wins here");
        CyclicBarrier barrier = new CyclicBarrier(THREADS);
        int versions = versions();
        List<List<SecretValue>> answers = inParallel(thread -> () -> {
            SecretStore store = open();
            List<SecretValue> own = new ArrayList<>();
            for (int version = 1; version <= versions; version++) {
                barrier.await();
                own.add(store.putValueIfAbsent(NAME, version, value("thread " + thread)));
                own.add(store.value(NAME, version).orElseThrow());
            }
            return own;
        });
        assertThat(answers).allMatch(own -> own.equals(answers.get(0)));
        for (int version = 1; version <= versions; version++) {
            SecretValue stored = open().value(NAME, version).orElseThrow();
            assertThat(answers.get(0).get(2 * version - 1)).isEqualTo(stored);
            String text = stored.reveal(bytes -> new String(bytes, UTF_8));
            assertThat(text).startsWith("thread ");
        }
    }

    @Test
    void values_wipedByWhoeverGotOrGaveThem_stayStored() {
        SecretStore store = open();
        SecretValue given = value("x");
        SecretValue got = store.putValueIfAbsent(NAME, 1, given);
        given.wipe();
        got.wipe();
        store.value(NAME, 1).orElseThrow().wipe();
        store.putValueIfAbsent(NAME, 1, value("y")).wipe();
        assertThat(store.value(NAME, 1)).contains(value("x"));
    }

    @Test
    void values_ofAnyBytesAndLength_areReadBackEqual() {
        SecretStore store = open();
        byte[] every = new byte[256];
        for (int i = 0; i < every.length; i++) {
            every[i] = (byte) i;
        }
        byte[] largest = new byte[longestValue()];
        Arrays.fill(largest, (byte) 0xc3); // not UTF-8
        List<byte[]> all = List.of(
                every, largest, new byte[1], new byte[longestValue()], new byte[] {'\n'}, new byte[] {'a', '\r', '\n'});
        for (int i = 0; i < all.size(); i++) {
            SecretValue value = SecretValue.copyOf(all.get(i));
            assertThat(store.putValueIfAbsent(NAME, i + 1, value)).isEqualTo(value);
            assertThat(open().value(NAME, i + 1)).contains(value);
        }
    }

    @Test
    void eraseValue_repeatedOrNeverPut_isHarmless() {
        SecretStore store = open();
        assertThatCode(() -> store.eraseValue(NAME, 1)).doesNotThrowAnyException();
        store.putValueIfAbsent(NAME, 1, value("one"));
        store.putValueIfAbsent(NAME, 2, value("two"));
        for (int i = 0; i < 3; i++) {
            store.eraseValue(NAME, 1);
            assertThat(store.value(NAME, 1)).isEmpty();
        }
        assertThat(store.value(NAME, 2)).contains(value("two"));
    }

    @Test
    void eraseValue_byManyThreads_isHarmless() throws Exception {
        open().putValueIfAbsent(NAME, 1, value("one"));
        inParallel(thread -> () -> {
            open().eraseValue(NAME, 1);
            return null;
        });
        assertThat(open().value(NAME, 1)).isEmpty();
    }

    @Test
    void recordsAndValues_writtenOrErased_leaveEachOtherAlone() {
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("one"));
        store.compareAndSet(at(1, "a"), window());
        store.compareAndSet(at(2, "b"), window());
        assertThat(store.value(NAME, 1)).contains(value("one"));
        store.eraseValue(NAME, 1);
        assertThat(store.read(NAME).record()).contains(at(2, "b"));
    }

    @Test
    void replaceValue_ofTheExpectedForm_replacesIt() {
        assumeTrue(replaces(), "this store replaces no values");
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("one"));
        store.putValueIfAbsent(NAME, 2, value("one"));
        SecretValue next = value("another, longer one");

        assertThat(store.replaceValue(NAME, 1, value("one"), next)).isTrue();
        next.wipe();

        assertThat(open().value(NAME, 1)).contains(value("another, longer one"));
        assertThat(store.value(NAME, 2)).contains(value("one"));
        assertThat(store.replaceValue(NAME, 1, value("another, longer one"), value("one")))
                .isTrue();
        assertThat(store.value(NAME, 1)).contains(value("one"));
    }

    @Test
    void replaceValue_ofAnotherForm_changesNothing() {
        assumeTrue(replaces(), "this store replaces no values");
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("one"));

        for (String expected : List.of("two", "on", "onee", "One")) {
            assertThat(store.replaceValue(NAME, 1, value(expected), value("next")))
                    .isFalse();
        }

        assertThat(store.value(NAME, 1)).contains(value("one"));
    }

    @Test
    void replaceValue_neverPutOrErased_putsNothing() {
        assumeTrue(replaces(), "this store replaces no values");
        SecretStore store = open();
        assertThat(store.replaceValue(NAME, 1, value("one"), value("next"))).isFalse();
        store.putValueIfAbsent(NAME, 1, value("one"));
        assertThat(store.replaceValue(NAME, 2, value("one"), value("next"))).isFalse();
        assertThat(store.replaceValue(OTHER, 1, value("one"), value("next"))).isFalse();
        store.eraseValue(NAME, 1);
        assertThat(store.replaceValue(NAME, 1, value("one"), value("next"))).isFalse();

        assertThat(store.value(NAME, 1)).isEmpty();
        assertThat(store.value(NAME, 2)).isEmpty();
        assertThat(store.value(OTHER, 1)).isEmpty();
        assertThat(store.names()).isEmpty();
    }

    @Test
    void replaceValue_sixteenThreads_loseNoReplacement() throws Exception {
        assumeTrue(replaces(), "this store replaces no values");
        int each = Math.max(2, epochs() / 10);
        open().putValueIfAbsent(NAME, 1, value("0"));
        inParallel(thread -> () -> {
            SecretStore store = open();
            for (int won = 0; won < each; ) {
                SecretValue seen = store.value(NAME, 1).orElseThrow();
                won += store.replaceValue(NAME, 1, seen, value(Integer.toString(number(seen) + 1))) ? 1 : 0;
            }
            return null;
        });
        assertThat(open().value(NAME, 1)).contains(value(Integer.toString(THREADS * each)));
    }

    @Test
    void replaceValue_fifteenThreadsAndAnEraser_neverBringBackWhatIsErased() throws Exception {
        assumeTrue(replaces(), "this store replaces no values");
        CyclicBarrier barrier = new CyclicBarrier(THREADS);
        int versions = Math.min(versions(), epochs() / 10);
        for (int version = 1; version <= versions; version++) {
            open().putValueIfAbsent(NAME, version, value("0"));
        }
        inParallel(thread -> () -> {
            SecretStore store = open();
            for (int version = 1; version <= versions; version++) {
                barrier.await();
                if (thread == 0) {
                    while (number(store.value(NAME, version).orElseThrow()) < 3) {
                        Thread.onSpinWait();
                    }
                    store.eraseValue(NAME, version);
                    assertThat(store.value(NAME, version)).isEmpty();
                } else {
                    replaceUntilErased(store, version);
                }
                barrier.await();
                assertThat(store.value(NAME, version)).isEmpty();
            }
            return null;
        });
    }

    /** Counts the value of a version up until it is gone; nobody sees it again. */
    private static void replaceUntilErased(SecretStore store, int version) {
        while (true) {
            SecretValue seen = store.value(NAME, version).orElse(null);
            if (seen == null) {
                assertThat(store.replaceValue(NAME, version, value("0"), value("1")))
                        .isFalse();
                return;
            }
            store.replaceValue(NAME, version, seen, value(Integer.toString(number(seen) + 1)));
        }
    }

    private static int number(SecretValue value) {
        return Integer.parseInt(value.reveal(bytes -> new String(bytes, UTF_8)));
    }

    // ---- names and the key

    @Test
    void names_areThoseWithARecord() {
        SecretStore store = open();
        assertThat(store.names()).isEmpty();
        store.putValueIfAbsent(OTHER, 1, value("x")); // a value alone makes no secret
        Set<SecretName> expected = new HashSet<>();
        for (String each : List.of("a", "0", "a..b", "con", "x".repeat(64), "a.json", "value", "record", "tmp-1")) {
            store.compareAndSet(at(SecretName.of(each), 1, "x"), window());
            expected.add(SecretName.of(each));
        }
        assertThat(store.names()).isEqualTo(expected).isEqualTo(open().names());
    }

    @Test
    void installationKey_askedByMany_isTheSameForAll() throws Exception {
        assumeTrue(arbitrates(), "of several writers more than one wins here");
        CyclicBarrier barrier = new CyclicBarrier(THREADS);
        List<SecretValue> keys = inParallel(thread -> () -> {
            SecretStore store = open();
            barrier.await();
            return store.installationKey();
        });
        assertThat(keys.get(0).length()).isEqualTo(32);
        assertThat(keys.get(0)).isNotEqualTo(SecretValue.copyOf(new byte[32]));
        assertThat(keys).allMatch(key -> key.equals(keys.get(0)));
        keys.forEach(SecretValue::wipe);
        assertThat(open().installationKey().length()).isEqualTo(32);
        assertThat(open().installationKey()).isEqualTo(open().installationKey());
        assertThat(open().names()).isEmpty();
    }

    // ---- the set-up

    protected static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(UTF_8));
    }

    private static dev.slipring.keyring.SecretVersion renumbered(dev.slipring.keyring.SecretVersion v, int number) {
        return new dev.slipring.keyring.SecretVersion(
                number,
                v.origin(),
                v.slot(),
                v.state(),
                v.stamps(),
                v.compromised(),
                v.held(),
                v.attributes(),
                v.fingerprint());
    }

    private static <T> List<T> inParallel(IntFunction<Callable<T>> task) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                futures.add(pool.submit(task.apply(thread)));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }
}
