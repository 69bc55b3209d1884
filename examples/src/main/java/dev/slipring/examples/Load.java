package dev.slipring.examples;

import dev.slipring.examples.Latencies.Sample;
import dev.slipring.examples.SessionClient.Outcome;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * People using the application: {@value #THREADS_PER_REPLICA} threads a replica, more than a pool has connections,
 * each with a few sessions that it takes to all replicas in turn. What is asked when is the same in each run. Nothing is ever
 * asked twice. Safe for use by several threads.
 */
final class Load implements AutoCloseable {
    static final int THREADS_PER_REPLICA = 9;

    /** Sessions a thread keeps, and one more that logs in anew every {@value #VISIT} requests. */
    static final int KEPT_SESSIONS = 3;

    static final int LONG_TRANSACTION_MILLIS = 2000;

    private static final int SHORT_TRANSACTION_MILLIS = 40;
    private static final int LONG_EVERY = 97;
    private static final int VISIT = 20;
    private static final long PAUSE_AFTER_FAILURE = TimeUnit.MILLISECONDS.toNanos(100);

    private final List<Integer> ports;
    private final RunClock clock;
    private final BooleanSupplier rotating;
    private final IntSupplier promotions;
    private final Latencies latencies = new Latencies();
    private final LongAdder requests = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final List<Thread> threads = new ArrayList<>();
    private final List<SessionClient> kept = new ArrayList<>();
    private volatile boolean stopped;

    /**
     * Prepares a load.
     *
     * @param ports of the replicas
     * @param rotating whether a rotation is under way
     * @param promotions how often the session key was promoted so far
     */
    Load(List<Integer> ports, RunClock clock, BooleanSupplier rotating, IntSupplier promotions) {
        this.ports = ports;
        this.clock = clock;
        this.rotating = rotating;
        this.promotions = promotions;
    }

    /** Begins. */
    void start() {
        for (int number = 0; number < THREADS_PER_REPLICA * ports.size(); number++) {
            Person person = new Person(number);
            kept.addAll(person.sessions.subList(0, KEPT_SESSIONS));
            Thread thread = new Thread(person, "demo-load-" + number);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    /** Lets what is under way finish, and asks nothing more. */
    @Override
    public void close() {
        stopped = true;
        try {
            for (Thread thread : threads) {
                thread.join(TimeUnit.SECONDS.toMillis(15));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    long requests() {
        return requests.sum();
    }

    long failedRequests() {
        return failed.sum();
    }

    long lostSessions() {
        return lost.sum();
    }

    Latencies latencies() {
        return latencies;
    }

    /** Over the kept sessions: how many promotions of the session key each has lived through. Once closed. */
    IntSummaryStatistics livedThrough() {
        int all = promotions.getAsInt();
        return kept.stream()
                .filter(SessionClient::loggedIn)
                .mapToInt(session -> session.livedThrough(all))
                .summaryStatistics();
    }

    /** One thread of the load. */
    private final class Person implements Runnable {
        private final int number;
        private final List<SessionClient> sessions = new ArrayList<>();
        private final List<HttpConnection> replicas;

        Person(int number) {
            this.number = number;
            for (int i = 0; i <= KEPT_SESSIONS; i++) {
                sessions.add(new SessionClient("user-" + number + "-" + i));
            }
            replicas = ports.stream().map(HttpConnection::new).toList();
        }

        /** Sessions and replicas advance at different periods, so each session comes to each replica. */
        @Override
        public void run() {
            for (int turn = number; !stopped; turn++) {
                SessionClient session = sessions.get(turn % sessions.size());
                HttpConnection replica = replicas.get(turn % replicas.size());
                Outcome outcome = ask(turn, session, replica);
                requests.increment();
                if (outcome != Outcome.OK) {
                    (outcome == Outcome.FAILED ? failed : lost).increment();
                    LockSupport.parkNanos(PAUSE_AFTER_FAILURE);
                }
            }
            replicas.forEach(HttpConnection::close);
        }

        private Outcome ask(int turn, SessionClient session, HttpConnection replica) {
            boolean visitor = session == sessions.get(KEPT_SESSIONS);
            if (visitor && turn % VISIT == KEPT_SESSIONS) {
                session.leave();
            }
            if (!session.loggedIn()) {
                return session.logIn(replica, promotions.getAsInt());
            }
            boolean longOne = (turn + number * LONG_EVERY / threads.size()) % LONG_EVERY == 0;
            int hold = longOne ? LONG_TRANSACTION_MILLIS : SHORT_TRANSACTION_MILLIS;
            boolean during = rotating.getAsBoolean();
            long at = clock.millis();
            long began = clock.nanos();
            // Five has no factor in common with the number of sessions, so each of them writes and reads.
            Outcome outcome = turn % 5 < 2 ? session.write(replica, hold) : session.read(replica, hold);
            if (outcome == Outcome.OK) {
                latencies.add(new Sample(at, clock.nanos() - began, longOne, during));
            }
            return outcome;
        }
    }
}
