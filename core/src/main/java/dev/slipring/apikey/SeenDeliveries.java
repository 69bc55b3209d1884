package dev.slipring.apikey;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was delivered within a window of time: a bounded number, of which the oldest go first. It goes by what was
 * signed, not by a signature, of which one delivery may carry several. Safe for use by several threads.
 */
final class SeenDeliveries {
    private final Duration window;
    private final int most;
    /** By digest, in the order of arrival. */
    private final Map<ByteBuffer, Instant> arrivals = new LinkedHashMap<>();

    SeenDeliveries(Duration window, int most) {
        this.window = window;
        this.most = most;
    }

    /**
     * Notes a delivery that is valid at {@code now}, and says whether it is the first within the window. The window
     * lasts to the end of a second: deliveries are in time by whole seconds, and none that still is may be forgotten.
     */
    boolean isNew(byte[] start, byte[] body, Instant now) {
        ByteBuffer digest = digest(start, body);
        Instant bound = now.truncatedTo(ChronoUnit.SECONDS).minus(window);
        synchronized (arrivals) {
            Iterator<Instant> oldest = arrivals.values().iterator();
            while (oldest.hasNext() && oldest.next().isBefore(bound)) {
                oldest.remove();
            }
            if (arrivals.putIfAbsent(digest, now) != null) {
                return false;
            }
            if (arrivals.size() > most) {
                arrivals.remove(arrivals.keySet().iterator().next());
            }
            return true;
        }
    }

    private static ByteBuffer digest(byte[] start, byte[] body) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(start);
            return ByteBuffer.wrap(sha256.digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java platform lacks SHA-256", e);
        }
    }
}
