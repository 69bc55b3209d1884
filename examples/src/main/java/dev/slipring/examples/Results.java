package dev.slipring.examples;

import dev.slipring.examples.Handovers.Handover;
import dev.slipring.examples.Latencies.Percentiles;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run showed.
 *
 * @param counts how often what happened
 * @param apiCalls what became of the calls of the third party
 * @param rotated what was rotated
 * @param server what the database server saw
 * @param latency how long requests took
 */
record Results(Counts counts, ApiCalls apiCalls, Rotated rotated, Server server, Latency latency) {

    /**
     * How often what happened.
     *
     * @param requests asked by the load
     * @param failedRequests answered otherwise than they should be, or not at all
     * @param lostSessions ended without having been asked to
     * @param checkouts asked of the pools
     * @param failedCheckouts that gave no connection
     * @param killedTransactions that ended in an error
     * @param resigned cookies signed anew
     * @param renewed sessions that began a new life
     * @param rewrapped notes moved to a new KEK version
     */
    record Counts(
            long requests,
            long failedRequests,
            long lostSessions,
            long checkouts,
            long failedCheckouts,
            long killedTransactions,
            long resigned,
            long renewed,
            long rewrapped) {}

    /**
     * What became of the calls of the third party.
     *
     * @param asked by the replicas
     * @param failed without an answer in the end
     * @param repeated since the answer said to come again
     */
    record ApiCalls(long asked, long failed, long repeated) {}

    /**
     * What was rotated.
     *
     * @param completed rotations
     * @param wanted rotations
     * @param secrets each secret's versions
     * @param keptSessions how many sessions lived from the beginning to the end
     * @param fewestPromotions of the session key that one of them lived through
     * @param mostPromotions of the session key that one of them lived through
     * @param refusal why a rotation that was asked for did not begin, empty if all did
     */
    record Rotated(
            int completed,
            int wanted,
            List<Versions> secrets,
            long keptSessions,
            int fewestPromotions,
            int mostPromotions,
            String refusal) {}

    /**
     * Primary versions of one secret.
     *
     * @param secret its name
     * @param before the run
     * @param after the run
     * @param revoked how many old versions were revoked during the run
     */
    record Versions(String secret, int before, int after, int revoked) {}

    /**
     * What the database server saw.
     *
     * @param handovers from login to login
     * @param mostConnections of the application at one time
     * @param allowedConnections that it may have
     * @param busyShare of the pools' connections, 0 to 1
     */
    record Server(List<Handover> handovers, int mostConnections, int allowedConnections, double busyShare) {}

    /**
     * How long what took, without and with a rotation under way.
     *
     * @param brief requests with a short transaction
     * @param lasting requests with a transaction of two seconds
     * @param apiCalls calls of the third party
     */
    record Latency(Compared brief, Compared lasting, Compared apiCalls) {}

    /** The same without and with a rotation under way. */
    record Compared(Percentiles without, Percentiles with) {}

    /** What was lost, in words; empty if nothing was. */
    List<String> losses() {
        List<String> losses = new ArrayList<>();
        add(losses, counts.failedRequests, "failed requests");
        add(losses, counts.lostSessions, "sessions lost");
        add(losses, counts.failedCheckouts, "failed checkouts");
        add(losses, counts.killedTransactions, "killed transactions");
        add(losses, apiCalls.failed, "failed API calls");
        add(losses, rotated.wanted - rotated.completed, "rotations not completed");
        return losses;
    }

    private static void add(List<String> losses, long count, String what) {
        if (count != 0) {
            losses.add(count + " " + what);
        }
    }
}
