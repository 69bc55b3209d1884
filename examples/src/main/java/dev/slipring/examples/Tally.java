package dev.slipring.examples;

import java.util.concurrent.atomic.LongAdder;

/** What one replica counts of its own doing. Safe for use by several threads. */
final class Tally {
    /** Session tokens re-signed with the new primary version, life unchanged. */
    final LongAdder resigned = new LongAdder();

    /** Session tokens that began a new life. */
    final LongAdder renewed = new LongAdder();

    /** Tokens under a key that this replica did not know. */
    final LongAdder unknownKeys = new LongAdder();

    /** Connections asked of the pool. */
    final LongAdder checkouts = new LongAdder();

    /** Of those, how many it did not give. */
    final LongAdder failedCheckouts = new LongAdder();

    /** Transactions that ended in an error. */
    final LongAdder killedTransactions = new LongAdder();

    /** Calls of the third party's API that were asked for. */
    final LongAdder apiCalls = new LongAdder();

    /** Of those, how many had no answer in the end. */
    final LongAdder failedApiCalls = new LongAdder();

    /** How often a call was made once more, since the API said to come again. */
    final LongAdder repeatedApiCalls = new LongAdder();

    /** Notes whose data key was wrapped anew. */
    final LongAdder rewrapped = new LongAdder();
}
