package dev.slipring;

import dev.slipring.CrashEvent.Kind;
import dev.slipring.keyring.UsableVersion;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * What one process makes with a signing secret and accepts of all processes: each token when it is new and once
 * more shortly before it expires. Not thread-safe.
 */
final class Tokens {
    private static final long LIFETIME = CrashPlace.LIFETIME.toNanos();

    private final String process;
    private final Replica signing;
    private final AppendedLines made;
    private final AppendedLines seen;
    private final Consumer<CrashEvent> log;
    private final Queue<CrashEvent> known = new ArrayDeque<>();
    private int count;

    /** @param seen follows what {@code made} of all processes are appended to */
    Tokens(String process, Replica signing, AppendedLines made, AppendedLines seen, Consumer<CrashEvent> log) {
        this.process = process;
        this.signing = signing;
        this.made = made;
        this.seen = seen;
        this.log = log;
    }

    /** Makes a token and looks at those of the others; returns how many were accepted by a live process. */
    int use() {
        make();
        int accepted = 0;
        for (String line : seen.read()) {
            Optional<CrashEvent> token = CrashEvent.parse(line);
            if (token.isPresent() && CrashPlace.nanos() - token.get().at() < LIFETIME) {
                accepted += accept(token.get());
                known.add(token.get());
            }
        }
        for (Iterator<CrashEvent> each = known.iterator(); each.hasNext(); ) {
            CrashEvent token = each.next();
            long age = CrashPlace.nanos() - token.at();
            if (age > LIFETIME - LIFETIME / 5) {
                each.remove();
                accepted += age < LIFETIME ? accept(token) : 0;
            }
        }
        return accepted;
    }

    private void make() {
        Replica.Held held = signing.hold();
        UsableVersion primary = held.keyring().primary();
        String text = process + "/" + ++count;
        held.use(() -> Fingerprints.mac(primary.value(), text)).ifPresent(mac -> {
            long at = CrashPlace.nanos();
            Map<String, String> facts = Map.of(
                    "version",
                    String.valueOf(primary.number()),
                    "age",
                    String.valueOf(held.age()),
                    "text",
                    text,
                    "mac",
                    mac);
            made.append(new CrashEvent(at, process, Kind.MADE, CrashPlace.SIGNING.value(), facts).line());
        });
    }

    /** Returns 1 if the token was accepted by a live process, otherwise 0. */
    private int accept(CrashEvent token) {
        Replica.Held held = signing.hold();
        int version = (int) token.number("version");
        Optional<String> verdict = held.use(() -> held.keyring()
                .accepted(version)
                .map(known ->
                        Fingerprints.mac(known.value(), token.fact("text")).equals(token.fact("mac"))
                                ? "accepted"
                                : "forged")
                .orElse("unknown"));
        long age = held.age();
        verdict.filter(reason -> !reason.equals("accepted")).ifPresent(reason -> {
            Map<String, String> facts = new HashMap<>(Map.of(
                    "version", String.valueOf(version),
                    "epoch", String.valueOf(held.keyring().edition().epoch()),
                    "age", String.valueOf(age),
                    "reason", reason,
                    "made", String.valueOf(token.at())));
            facts.put("makerAge", token.fact("age"));
            log.accept(CrashEvent.now(process, Kind.REJECTED, CrashPlace.SIGNING, facts));
        });
        return verdict.isPresent() && verdict.get().equals("accepted") && Replica.live(age) ? 1 : 0;
    }
}
