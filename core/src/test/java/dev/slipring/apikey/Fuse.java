package dev.slipring.apikey;

import java.util.function.Consumer;

/** Goes off at the {@code k}-th moment, once. For one thread. */
final class Fuse implements Consumer<String> {
    private final int k;
    private final Runnable mishap;
    private int moments;
    private boolean blown;

    /** The replica is killed; another one with no memory of its own goes on. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** @param mishap throws what goes wrong */
    Fuse(int k, Runnable mishap) {
        this.k = k;
        this.mishap = mishap;
    }

    /** Kills at the {@code k}-th moment. */
    static Fuse crash(int k) {
        return new Fuse(k, () -> {
            throw new Crash();
        });
    }

    boolean isBlown() {
        return blown;
    }

    @Override
    public void accept(String moment) {
        if (moments++ == k) {
            blown = true;
            mishap.run();
        }
    }
}
