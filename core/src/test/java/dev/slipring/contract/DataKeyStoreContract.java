package dev.slipring.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.slipring.store.Commitment;
import dev.slipring.store.DataKeyStore;
import dev.slipring.store.StoredDataKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store of data keys promises; inherited by the test of each implementation. */
@Timeout(300)
public abstract class DataKeyStoreContract {
    private static final int THREADS = 16;

    /** Another instance on the one place of this test, which is empty at its beginning. */
    protected abstract DataKeyStore open();

    /** How many records the races go over. */
    protected int rounds() {
        return 100;
    }

    // ---- one record

    @Test
    void find_neverPut_isEmpty() {
        DataKeyStore store = open();
        store.putIfAbsent(commitment(1), bytes(1));
        assertThat(store.find(commitment(2))).isEmpty();
        assertThat(store.scan(commitment(1), 10)).isEmpty();
    }

    @Test
    void putIfAbsent_twice_keepsTheFirst() {
        DataKeyStore store = open();
        assertThat(store.putIfAbsent(commitment(1), bytes(1))).isTrue();
        assertThat(store.putIfAbsent(commitment(1), bytes(2))).isFalse();
        assertThat(store.putIfAbsent(commitment(1), bytes(1))).isFalse();
        assertThat(store.find(commitment(1))).contains(bytes(1));
    }

    @Test
    void replace_expectedBytes_replaces() {
        DataKeyStore store = open();
        store.putIfAbsent(commitment(1), bytes(1));
        assertThat(store.replace(commitment(1), bytes(1), bytes(2))).isTrue();
        assertThat(store.find(commitment(1))).contains(bytes(2));
        assertThat(store.replace(commitment(1), bytes(2), new byte[500])).isTrue();
        assertThat(store.replace(commitment(1), new byte[500], bytes(3))).isTrue();
        assertThat(store.find(commitment(1))).contains(bytes(3));
    }

    @Test
    void replace_otherBytesOrNone_isLost() {
        DataKeyStore store = open();
        assertThat(store.replace(commitment(1), bytes(1), bytes(2))).isFalse();
        assertThat(store.find(commitment(1))).isEmpty();
        store.putIfAbsent(commitment(1), bytes(1));
        assertThat(store.replace(commitment(1), bytes(2), bytes(3))).isFalse();
        assertThat(store.replace(commitment(1), Arrays.copyOf(bytes(1), 7), bytes(3)))
                .isFalse();
        assertThat(store.replace(commitment(1), Arrays.copyOf(bytes(1), 9), bytes(3)))
                .isFalse();
        assertThat(store.replace(commitment(1), new byte[0], bytes(3))).isFalse();
        assertThat(store.replace(commitment(2), bytes(1), bytes(3))).isFalse();
        assertThat(store.find(commitment(1))).contains(bytes(1));
    }

    @Test
    void instances_onOnePlace_seeEachOther() {
        DataKeyStore a = open();
        DataKeyStore b = open();
        a.putIfAbsent(commitment(1), bytes(1));
        assertThat(b.find(commitment(1))).contains(bytes(1));
        assertThat(b.putIfAbsent(commitment(1), bytes(2))).isFalse();
        assertThat(b.replace(commitment(1), bytes(1), bytes(2))).isTrue();
        assertThat(a.replace(commitment(1), bytes(1), bytes(3))).isFalse();
        assertThat(a.scan(null, 10)).containsExactly(new StoredDataKey(commitment(1), bytes(2)));
    }

    @Test
    void arrays_changedByTheCaller_changeNothingStored() {
        DataKeyStore store = open();
        byte[] given = bytes(1);
        store.putIfAbsent(commitment(1), given);
        given[0]++;
        store.find(commitment(1)).orElseThrow()[0]++;
        store.scan(null, 1).get(0).record()[0]++;
        assertThat(store.find(commitment(1))).contains(bytes(1));
        byte[] next = bytes(2);
        store.replace(commitment(1), bytes(1), next);
        next[0]++;
        assertThat(store.find(commitment(1))).contains(bytes(2));
    }

    // ---- sizes

    @Test
    void records_ofAnyBytesAndLength_areReadBackEqual() {
        DataKeyStore store = open();
        byte[] every = new byte[256];
        for (int i = 0; i < every.length; i++) {
            every[i] = (byte) i;
        }
        byte[] largest = new byte[DataKeyStore.MAX_RECORD];
        Arrays.fill(largest, (byte) 0xc3); // not UTF-8
        List<byte[]> all = List.of(every, largest, new byte[1], new byte[] {' '}, new byte[] {'\r', '\n', 0});
        for (int i = 0; i < all.size(); i++) {
            assertThat(store.putIfAbsent(commitment(i), all.get(i))).isTrue();
            assertThat(open().find(commitment(i))).contains(all.get(i));
            byte[] next = all.get((i + 1) % all.size());
            assertThat(store.replace(commitment(i), all.get(i), next)).isTrue();
            assertThat(open().find(commitment(i))).contains(next);
        }
    }

    @Test
    void records_emptyOrTooLong_areRefused() {
        DataKeyStore store = open();
        store.putIfAbsent(commitment(1), bytes(1));
        for (byte[] bad : List.of(new byte[0], new byte[DataKeyStore.MAX_RECORD + 1])) {
            assertThatIllegalArgumentException().isThrownBy(() -> store.putIfAbsent(commitment(2), bad));
            assertThatIllegalArgumentException().isThrownBy(() -> store.replace(commitment(1), bytes(1), bad));
        }
        assertThat(store.find(commitment(1))).contains(bytes(1));
        assertThat(store.find(commitment(2))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, DataKeyStore.MAX_PAGE + 1, Integer.MAX_VALUE})
    void scan_limitOutOfRange_isRefused(int limit) {
        assertThatIllegalArgumentException().isThrownBy(() -> open().scan(null, limit));
    }

    // ---- going over everything

    @Test
    void scan_pageByPage_isEverythingOnceInUnsignedOrder() {
        DataKeyStore store = open();
        TreeMap<Commitment, byte[]> put = new TreeMap<>();
        Random random = new Random(1);
        for (int i = 0; i < 203; i++) {
            byte[] commitment = new byte[Commitment.LENGTH];
            random.nextBytes(commitment);
            put.put(Commitment.copyOf(commitment), bytes(i));
        }
        put.put(Commitment.copyOf(new byte[Commitment.LENGTH]), bytes(1000));
        byte[] last = new byte[Commitment.LENGTH];
        Arrays.fill(last, (byte) 0xff);
        put.put(Commitment.copyOf(last), bytes(1001));
        put.forEach(store::putIfAbsent);
        for (int limit : new int[] {1, 7, 205, DataKeyStore.MAX_PAGE}) {
            List<StoredDataKey> seen = new ArrayList<>();
            List<StoredDataKey> page = open().scan(null, limit);
            while (!page.isEmpty()) {
                assertThat(page).hasSizeLessThanOrEqualTo(limit);
                seen.addAll(page);
                page = open().scan(page.get(page.size() - 1).commitment(), limit);
            }
            assertThat(seen).hasSize(put.size());
            assertThat(seen.stream().map(StoredDataKey::commitment).toList()).isEqualTo(List.copyOf(put.keySet()));
            assertThat(seen).allMatch(entry -> Arrays.equals(entry.record(), put.get(entry.commitment())));
        }
    }

    @Test
    void scan_whileOthersPutAndReplace_missesNothingThatWasThere() throws Exception {
        for (int i = 0; i < 100; i++) {
            open().putIfAbsent(commitment(2 * i), bytes(i));
        }
        List<Set<Commitment>> seen = inParallel(thread -> () -> {
            DataKeyStore store = open();
            Set<Commitment> own = new HashSet<>();
            Commitment after = null;
            for (List<StoredDataKey> page = store.scan(null, 9); !page.isEmpty(); page = store.scan(after, 9)) {
                for (StoredDataKey entry : page) {
                    assertThat(own.add(entry.commitment())).isTrue();
                }
                after = page.get(page.size() - 1).commitment();
                store.putIfAbsent(commitment((2 * (own.size() + thread) + 1) % 200), bytes(thread));
                store.replace(page.get(0).commitment(), page.get(0).record(), bytes(1000 + thread));
            }
            return own;
        });
        for (Set<Commitment> own : seen) {
            for (int i = 0; i < 100; i++) {
                assertThat(own).contains(commitment(2 * i));
            }
        }
    }

    // ---- races

    @Test
    void putIfAbsent_sixteenWriters_hasOneWinnerThatEverybodyReads() throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(THREADS);
        List<List<Boolean>> won = inParallel(thread -> () -> {
            DataKeyStore store = open();
            List<Boolean> own = new ArrayList<>();
            for (int i = 0; i < rounds(); i++) {
                barrier.await();
                boolean winner = store.putIfAbsent(commitment(i), bytes(thread));
                own.add(winner);
                byte[] read = store.find(commitment(i)).orElseThrow();
                assertThat(Arrays.equals(read, bytes(thread))).isEqualTo(winner);
            }
            return own;
        });
        for (int i = 0; i < rounds(); i++) {
            int round = i;
            assertThat(won.stream().filter(own -> own.get(round)).count()).isEqualTo(1);
        }
    }

    @Test
    void replace_sixteenWriters_losesNoStep() throws Exception {
        open().putIfAbsent(commitment(1), bytes(0));
        inParallel(thread -> () -> {
            DataKeyStore store = open();
            for (int done = 0; done < rounds(); ) {
                byte[] read = store.find(commitment(1)).orElseThrow();
                if (store.replace(
                        commitment(1), read, bytes(ByteBuffer.wrap(read).getLong() + 1))) {
                    done++;
                }
            }
            return null;
        });
        assertThat(open().find(commitment(1))).contains(bytes((long) THREADS * rounds()));
    }

    // ---- the set-up

    protected static Commitment commitment(int number) {
        return Commitment.copyOf(
                ByteBuffer.allocate(Commitment.LENGTH).putInt(28, number).array());
    }

    protected static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
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
