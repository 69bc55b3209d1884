package dev.slipring.rotation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Numbers equal values alike, from 0 on. Not thread-safe. */
final class Interned<T> {
    private final Map<T, Integer> numbers = new HashMap<>();
    private final List<T> values = new ArrayList<>();

    int number(T value) {
        Integer known = numbers.get(value);
        if (known != null) {
            return known;
        }
        int number = values.size();
        numbers.put(value, number);
        values.add(value);
        return number;
    }

    T value(int number) {
        return values.get(number);
    }
}
