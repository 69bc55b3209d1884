package dev.slipring.rotation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The states found so far, each a fixed number of integers, with the state that each was reached from. States are
 * numbered in the order in which they were found, so the table is the queue of a breadth-first search too. Not thread-safe.
 */
final class StateTable {
    private static final int CHUNK = 1 << 14;

    private final int width;
    private final List<int[]> chunks = new ArrayList<>();
    private int[] parents = new int[1 << 14];
    private int[] index = filled(1 << 16);
    private int size;

    StateTable(int width) {
        this.width = width;
    }

    int size() {
        return size;
    }

    int parent(int state) {
        return parents[state];
    }

    ModelState state(int number) {
        int from = number % CHUNK * width;
        return new ModelState(Arrays.copyOfRange(chunks.get(number / CHUNK), from, from + width));
    }

    /** Whether the state was new. */
    boolean add(ModelState state, int parent) {
        int place = place(state.cells());
        if (index[place] >= 0) {
            return false;
        }
        if (size % CHUNK == 0) {
            chunks.add(new int[CHUNK * width]);
        }
        System.arraycopy(state.cells(), 0, chunks.get(size / CHUNK), size % CHUNK * width, width);
        if (size == parents.length) {
            parents = Arrays.copyOf(parents, size * 2);
        }
        parents[size] = parent;
        index[place] = size++;
        if (size * 2 > index.length) {
            grow();
        }
        return true;
    }

    /** Where the state is in the index, or would be. */
    private int place(int[] cells) {
        int place = hash(cells, 0) & index.length - 1;
        while (index[place] >= 0 && !same(index[place], cells)) {
            place = place + 1 & index.length - 1;
        }
        return place;
    }

    private boolean same(int state, int[] cells) {
        int from = state % CHUNK * width;
        return Arrays.equals(chunks.get(state / CHUNK), from, from + width, cells, 0, width);
    }

    private int hash(int[] cells, int from) {
        long hash = 0;
        for (int i = from; i < from + width; i++) {
            hash = (hash + cells[i]) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        return (int) (hash >>> 16);
    }

    private void grow() {
        index = filled(index.length * 2);
        for (int i = 0; i < size; i++) {
            int place = hash(chunks.get(i / CHUNK), i % CHUNK * width) & index.length - 1;
            while (index[place] >= 0) {
                place = place + 1 & index.length - 1;
            }
            index[place] = i;
        }
    }

    private static int[] filled(int length) {
        int[] empty = new int[length];
        Arrays.fill(empty, -1);
        return empty;
    }
}
