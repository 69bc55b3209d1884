package dev.slipring.testing;

import dev.slipring.keyring.SecretName;
import dev.slipring.store.SecretRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/**
 * What the records of one store were at which monotonic moment, shared by all views of that store. Keeps what a view
 * with the longest lag set so far may still have to show. Safe for use by several threads.
 */
final class RecordHistory {
    private final Map<SecretName, Deque<Seen>> seen = new HashMap<>();
    private long longestLag;

    /** What was in the store, and the moment at which that became known here. */
    private record Seen(Optional<SecretRecord> record, long at) {}

    /** From now on, records of up to {@code lag} ago are asked for. */
    synchronized void reachBack(long lag) {
        longestLag = Math.max(longestLag, lag);
    }

    /** A record that was written or found at {@code now}. */
    synchronized void note(SecretName secret, Optional<SecretRecord> record, long now) {
        Deque<Seen> entries = seen.computeIfAbsent(secret, name -> new ArrayDeque<>());
        if (entries.isEmpty() || !entries.getLast().record.equals(record)) {
            entries.add(new Seen(record, now));
        }
        while (entries.size() > 1 && second(entries).at <= now - longestLag) {
            entries.removeFirst();
        }
    }

    /** The newest record that was true at {@code then}, or the oldest known; something must have been noted. */
    synchronized Optional<SecretRecord> asOf(SecretName secret, long then) {
        Iterator<Seen> newestFirst =
                seen.getOrDefault(secret, new ArrayDeque<>()).descendingIterator();
        Optional<SecretRecord> found = Optional.empty();
        while (newestFirst.hasNext()) {
            Seen entry = newestFirst.next();
            found = entry.record;
            if (entry.at <= then) {
                break;
            }
        }
        return found;
    }

    private static Seen second(Deque<Seen> entries) {
        Iterator<Seen> iterator = entries.iterator();
        iterator.next();
        return iterator.next();
    }
}
