package dev.slipring.examples;

import java.io.PrintStream;
import java.util.Locale;

/**
 * What a person sees while the demo runs: lines that stay, and on a terminal one more that is rewritten. Safe for use
 * by several threads.
 */
final class Progress {
    private static final int WIDTH = 100;
    private static final long PLAIN_PERIOD_MILLIS = 5000;

    private final PrintStream out;
    private final boolean terminal;
    private final RunClock clock;
    private long lastStatus;
    private boolean unfinished;
    private boolean muted;

    /** {@code terminal} tells whether a line can be rewritten. */
    Progress(PrintStream out, boolean terminal, RunClock clock) {
        this.out = out;
        this.terminal = terminal;
        this.clock = clock;
    }

    /** Prints a line with the time. */
    synchronized void say(String text) {
        line(String.format(Locale.ROOT, "%6.1f s  %s", clock.millis() / 1000.0, text));
    }

    /** Prints text as it is. */
    synchronized void print(String text) {
        line(text);
    }

    /** Rewrites the status; without a terminal it is printed every few seconds. */
    synchronized void status(String text) {
        long now = clock.millis();
        if (muted) {
            return;
        }
        if (terminal) {
            out.print("\r" + padded(String.format(Locale.ROOT, "%6.1f s  %s", now / 1000.0, text)));
            out.flush();
            unfinished = true;
        } else if (now - lastStatus >= PLAIN_PERIOD_MILLIS) {
            lastStatus = now;
            say(text);
        }
    }

    /** Says nothing any more: the person has asked to end. */
    synchronized void mute() {
        muted = true;
    }

    private void line(String text) {
        if (muted) {
            return;
        }
        if (unfinished) {
            out.print("\r" + padded("") + "\r");
            unfinished = false;
        }
        out.println(text);
        out.flush();
    }

    private static String padded(String text) {
        return text.length() >= WIDTH ? text : text + " ".repeat(WIDTH - text.length());
    }
}
