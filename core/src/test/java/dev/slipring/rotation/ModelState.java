package dev.slipring.rotation;

import java.util.Arrays;

/**
 * One state of a model: the numbers of its parts in {@link Parts}. The record now, what older records can still be read,
 * the world outside, what was made with the secret, what may still happen, then one number for each engine and reader.
 */
record ModelState(int[] cells) {
    private static final int RECORD = 0;
    private static final int PAST = 1;
    private static final int OUTSIDE = 2;
    private static final int MADE = 3;
    private static final int LEFT = 4;
    static final int ACTORS = 5;

    int record() {
        return cells[RECORD];
    }

    int past() {
        return cells[PAST];
    }

    int outside() {
        return cells[OUTSIDE];
    }

    int made() {
        return cells[MADE];
    }

    int left() {
        return cells[LEFT];
    }

    int actor(int index) {
        return cells[ACTORS + index];
    }

    ModelState record(int part) {
        return with(RECORD, part);
    }

    ModelState past(int part) {
        return with(PAST, part);
    }

    ModelState outside(int part) {
        return with(OUTSIDE, part);
    }

    ModelState made(int part) {
        return with(MADE, part);
    }

    ModelState left(int part) {
        return with(LEFT, part);
    }

    ModelState actor(int index, int part) {
        return with(ACTORS + index, part);
    }

    private ModelState with(int cell, int part) {
        int[] changed = cells.clone();
        changed[cell] = part;
        return new ModelState(changed);
    }

    ModelState copy() {
        return new ModelState(cells.clone());
    }

    /** Changes this state, which nobody else must have seen yet. */
    void set(int index, int part) {
        cells[ACTORS + index] = part;
    }

    /** The same: where it does not matter which of several actors does something, their order is made not to matter. */
    void sort(int from, int to) {
        Arrays.sort(cells, ACTORS + from, ACTORS + to);
    }
}
