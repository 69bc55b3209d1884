package dev.slipring.examples;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** Visits every object of this library that can be reached from another one, by whatever fields, and prints each. */
final class ObjectWalk {
    private final LeakEvidence evidence;
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> ahead = new ArrayDeque<>();

    private ObjectWalk(LeakEvidence evidence) {
        this.evidence = evidence;
    }

    /** Adds what the objects reachable from {@code roots} say of themselves. */
    static void from(Collection<?> roots, LeakEvidence evidence) throws IllegalAccessException {
        ObjectWalk walk = new ObjectWalk(evidence);
        roots.forEach(walk::meet);
        while (!walk.ahead.isEmpty()) {
            walk.visit(walk.ahead.pop());
        }
    }

    private void meet(Object object) {
        boolean listens = object instanceof LeakWorld; // a listener of the test's own leads there
        if (object != null && !listens && seen.add(object)) {
            ahead.push(object);
        }
    }

    private void visit(Object object) throws IllegalAccessException {
        if (object instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                meet(key);
                meet(value);
            });
        } else if (object instanceof Collection<?> all) {
            all.forEach(this::meet);
        } else if (object instanceof Object[] all) {
            for (Object each : all) {
                meet(each);
            }
        } else if (object instanceof Optional<?> optional) {
            optional.ifPresent(this::meet);
        } else if (object instanceof AtomicReference<?> reference) {
            meet(reference.get());
        } else if (object.getClass().getName().startsWith("dev.slipring.")) {
            evidence.add(LeakSink.OBJECT, object.getClass().getName(), object.toString());
            fields(object);
        }
    }

    private void fields(Object object) throws IllegalAccessException {
        for (Class<?> type = object.getClass(); type != null && type != Object.class; type = type.getSuperclass()) {
            if (!type.getName().startsWith("dev.slipring.")) {
                continue;
            }
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    field.setAccessible(true);
                    meet(field.get(object));
                }
            }
        }
    }
}
