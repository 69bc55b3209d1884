package dev.slipring.testing;

import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.Ticker;
import dev.slipring.rotation.SecretIssuer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * What the replicas of a {@link FleetSimulator} do with the simulated secret: make things, and judge what others made.
 * Called by one thread. A workload that keeps state serves one simulation.
 *
 * @param <T> what is made: a token, an envelope, a connection attempt
 */
public interface Workload<T> {
    /** A replica begins to work; called again, with another secret object, when it is restarted after a crash. */
    Station<T> open(Seat seat);

    /**
     * Until when every live replica must accept {@code item}, by the clock of whoever judges it. Whatever this says,
     * an item must be accepted at the moment it is made.
     */
    Instant goodUntil(T item);

    /**
     * What a replica has to work with.
     *
     * @param replica number of the replica, from 0
     * @param secret its live view; the simulator closes it
     * @param clock its wall clock, which may be wrong by the skew
     * @param ticker its monotonic clock
     * @param issuer the far side: whoever makes values of the secret valid and invalid, as it really is, without faults
     */
    record Seat(int replica, RotatingSecret secret, InstantSource clock, Ticker ticker, SecretIssuer issuer) {}

    /** One replica at work, from its start to its crash. */
    interface Station<T> {
        /** Makes something with what is primary here now. */
        T produce();

        /** Judges what this or another replica made. */
        Verdict<T> check(T item);

        /** The replica ends. */
        default void close() {}
    }

    /** What a station says of an item. */
    sealed interface Verdict<T> {
        /** The item is good. */
        record Accepted<T>() implements Verdict<T> {}

        /** The item is good, but {@code by} is to be used from now on, such as a session signed anew. */
        record Replaced<T>(T by) implements Verdict<T> {}

        /** The item is no good, for a reason that tells a person why. */
        record Rejected<T>(String reason) implements Verdict<T> {}

        /** The item is good. */
        static <T> Verdict<T> accepted() {
            return new Accepted<>();
        }

        /** The item is good, and {@code by} is to be used in its place from now on. */
        static <T> Verdict<T> replaced(T by) {
            return new Replaced<>(by);
        }

        /** The item is no good, for a reason that tells a person why. */
        static <T> Verdict<T> rejected(String reason) {
            return new Rejected<>(reason);
        }
    }

    /**
     * Tokens that consist of the version's number and the moment of their issue, judged like sessions: what a
     * retiring version made is bounded by its retirement and moves to the primary version.
     *
     * @param life how long a token must be accepted
     */
    static Workload<?> stamped(Duration life) {
        return new StampedWorkload(life);
    }

    /** What replicas present to the simulated issuer, which has to accept it: logins, API keys. */
    static Workload<?> presented() {
        return new PresentedWorkload();
    }

    /**
     * What the simulated issuer sends, with the value that it knows at that moment, and every replica has to accept.
     *
     * @param life how long after it was sent it may arrive
     */
    static Workload<?> received(Duration life) {
        return new ReceivedWorkload(life);
    }
}
