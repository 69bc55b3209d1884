package dev.slipring.examples.cli;

import dev.slipring.keyring.SecretName;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Waits for what the replicas make of an order. */
final class Following {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int WIDTH = 100;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            description = "wait until the replicas have carried it out, at most so long, as in 90s, 30m or 2h")
    @Nullable
    Duration longest;

    /**
     * How far an order has come.
     *
     * @param exit DONE if it is over, REFUSED if it will not be, PENDING if it goes on
     */
    record Progress(Exit exit, String told) {
        static Progress over(String told) {
            return new Progress(Exit.DONE, told);
        }

        static Progress failed(String told) {
            return new Progress(Exit.REFUSED, told);
        }

        static Progress going(String told) {
            return new Progress(Exit.PENDING, told);
        }
    }

    /**
     * What is waited for.
     *
     * @param progress tells from a record how far it has come
     */
    record Watched(Surroundings around, SecretStore store, SecretName name, Function<SecretRecord, Progress> progress) {
        private Progress look() {
            return progress.apply(OrderCommand.existing(store, name));
        }
    }

    /** {@code given}, with what came of the order if that is waited for. */
    Reply then(Reply given, Watched watched) throws InterruptedException {
        Duration bound = longest;
        if (bound == null) {
            return given;
        }
        Surroundings.Time time = watched.around.time();
        long begun = time.ticker().nanos();
        Progress progress = watched.look();
        while (progress.exit() == Exit.PENDING && time.ticker().nanos() - begun < bound.toNanos()) {
            status(watched.around, progress.told());
            time.pause().pause(INTERVAL);
            progress = watched.look();
        }
        status(watched.around, "");
        List<Reply.Field> fields = new ArrayList<>(given.fields());
        fields.add(Reply.Field.of("progress", progress.told()));
        String told = "secret " + watched.name + ": " + progress.told();
        List<String> lines = new ArrayList<>(given.lines());
        if (progress.exit() == Exit.DONE) {
            lines.add(told);
        }
        return new Reply(progress.exit(), fields, lines, progress.exit() == Exit.DONE ? "" : told);
    }

    /** A line that is written over, for a person only. */
    private static void status(Surroundings around, String text) {
        if (around.streams().terminal()) {
            String line = Reply.printable(text);
            around.streams().err().print("\r" + line + " ".repeat(Math.max(0, WIDTH - line.length())) + "\r");
            around.streams().err().flush();
        }
    }
}
