package dev.slipring.aws;

import dev.slipring.keyring.SecretValue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The values of the versions that have a label, by identifier: a version never changes, so each is read once. That also
 * leaves fewer strings behind, which the SDK makes of each answer and nobody can wipe. Safe for use by several threads.
 */
final class SeenValues {
    private final Map<String, SecretValue> values = new HashMap<>();
    private final Set<String> unusable = new HashSet<>();
    private boolean closed;

    /** A copy of the value of version {@code id}, the caller's. */
    synchronized Optional<SecretValue> find(String id) {
        return Optional.ofNullable(values.get(id)).map(SecretValue::copy);
    }

    /** Keeps a copy of {@code value}, unless this is closed. */
    synchronized void keep(String id, SecretValue value) {
        if (!closed) {
            values.computeIfAbsent(id, first -> value.copy());
        }
    }

    /** Whether version {@code id} was found to hold no value. */
    synchronized boolean isUnusable(String id) {
        return unusable.contains(id);
    }

    /** Notes that version {@code id} holds no value. */
    synchronized void unusable(String id) {
        unusable.add(id);
    }

    /** Forgets all versions but {@code ids}. */
    synchronized void retain(Set<String> ids) {
        values.entrySet().stream()
                .filter(entry -> !ids.contains(entry.getKey()))
                .forEach(entry -> entry.getValue().wipe());
        values.keySet().retainAll(ids);
        unusable.retainAll(ids);
    }

    /** Wipes all of them, and keeps none from then on. */
    synchronized void close() {
        closed = true;
        retain(Set.of());
    }
}
