package dev.slipring;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.CrashEvent.Kind;
import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SlipringException;
import dev.slipring.keyring.UsableVersion;
import dev.slipring.rotation.AuditEvent;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationListener;
import dev.slipring.rotation.Step;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * One of the processes of a crash test: {@code <directory> <name of this process> <rotations>}. Uses both secrets
 * all the time and helps to rotate them, so many times that each was rotated as often as asked. Says {@code ready}
 * once it does so, and {@code step} whenever it is in the middle of a step, which is a good moment to kill it. Ends
 * when its input ends.
 */
final class RotatingProcess implements RotationListener {
    private static final long PAUSE_NANOS = 8_000_000;
    private static final long ASK_NANOS = 100_000_000;
    private static final int USES_TOLD_AT_ONCE = 10;

    private final String process;
    private final int rotations;
    private final SecretStore store;
    private final FileIssuer issuer;
    private final AppendedLines log;
    private final PrintStream out = new PrintStream(System.out, true, UTF_8);
    private final Fingerprints fingerprints;
    private final Map<SecretName, Keyring.Edition> viewed = new HashMap<>();
    private final Map<SecretName, Integer> uses = new HashMap<>();
    private volatile boolean ending;

    private RotatingProcess(CrashPlace place, String process, int rotations) throws IOException {
        this.process = process;
        this.rotations = rotations;
        store = place.store();
        log = AppendedLines.in(place.log(process));
        issuer = FileIssuer.in(place.issuer(), process, this::told);
        fingerprints = Fingerprints.of(store);
    }

    public static void main(String[] args) throws IOException {
        CrashPlace place = new CrashPlace(Path.of(args[0]));
        RotatingProcess process = new RotatingProcess(place, args[1], Integer.parseInt(args[2]));
        Thread untilEnd = new Thread(process::awaitEnd, "end");
        untilEnd.setDaemon(true);
        untilEnd.start();
        process.run(place);
    }

    private void run(CrashPlace place) throws IOException {
        try (Slipring slipring = Slipring.builder(store)
                        .audit(this::audited)
                        .listener(this)
                        .build();
                AppendedLines made = AppendedLines.in(place.tokens());
                AppendedLines seen = AppendedLines.follow(place.tokens(), true)) {
            Replica signing = new Replica(slipring.secret(
                    CrashPlace.SIGNING.value(),
                    RandomIssuer.bytes(RandomIssuer.MIN_LENGTH),
                    CrashPlace.SIGNING_POLICY));
            Replica login = new Replica(slipring.secret(CrashPlace.LOGIN.value(), issuer, CrashPlace.LOGIN_POLICY));
            Tokens tokens = new Tokens(process, signing, made, seen, this::log);
            out.println("ready");
            long asked = CrashPlace.nanos();
            while (!ending) {
                view(signing);
                view(login);
                used(CrashPlace.SIGNING, tokens.use());
                used(CrashPlace.LOGIN, logIn(login) ? 1 : 0);
                if (CrashPlace.nanos() - asked > ASK_NANOS) {
                    CrashPlace.SECRETS.forEach(secret -> askToRotate(slipring, secret));
                    asked = CrashPlace.nanos();
                }
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(PAUSE_NANOS));
            }
        }
    }

    /** The end of the input is the parent's word that it is over, or that the parent is gone. */
    private void awaitEnd() {
        try {
            while (System.in.read() >= 0) {
                // nothing is ever said
            }
        } catch (IOException e) {
            // as good as the end
        }
        ending = true;
    }

    private void view(Replica replica) {
        Replica.Held held = replica.hold();
        Keyring keyring = held.keyring();
        if (keyring.edition().equals(viewed.get(keyring.secret()))) {
            return;
        }
        Optional<String> accepted = held.use(() -> keyring.accepted().stream()
                .map(version -> version.number() + ":" + fingerprints.of(version.value()))
                .collect(Collectors.joining(",")));
        accepted.ifPresent(fingerprinted -> {
            viewed.put(keyring.secret(), keyring.edition());
            log(
                    Kind.VIEW,
                    keyring.secret(),
                    Map.of(
                            "epoch", String.valueOf(keyring.edition().epoch()),
                            "digest", CrashEvent.digest(keyring.versions()),
                            "accepted", fingerprinted));
        });
    }

    /** Whether the issuer lets this process in; if not, that is told. */
    private boolean logIn(Replica login) {
        Replica.Held held = login.hold();
        UsableVersion primary = held.keyring().primary();
        String slot = primary.version().slot().orElseThrow();
        boolean letIn = held.use(() -> issuer.accepts(slot, primary.value())).orElse(true);
        long age = held.age();
        if (!letIn) {
            log(
                    Kind.DENIED,
                    CrashPlace.LOGIN,
                    Map.of(
                            "version", String.valueOf(primary.number()),
                            "epoch", String.valueOf(held.keyring().edition().epoch()),
                            "age", String.valueOf(age)));
        }
        issuer.using(slot, primary.number());
        return letIn && Replica.live(age);
    }

    private void used(SecretName secret, int times) {
        if (uses.merge(secret, times, Integer::sum) >= USES_TOLD_AT_ONCE) {
            log(Kind.USED, secret, Map.of("count", String.valueOf(uses.remove(secret))));
        }
    }

    private void askToRotate(Slipring slipring, SecretName secret) {
        SecretRecord record = store.read(secret).record().orElseThrow();
        if (record.phase() == Phase.IDLE && record.rotation().sequence() <= rotations) {
            try {
                slipring.command(secret.value(), new Command.Rotate(process, "asked"));
            } catch (SlipringException e) {
                onAlert(secret, String.valueOf(e.getMessage()));
            }
        }
    }

    private void audited(AuditEvent event) {
        if (event.outcome() != AuditEvent.Outcome.INTENDED) {
            return; // what came of it takes nothing back
        }
        log(Kind.AUDITED, event.secret(), Map.of("epoch", String.valueOf(event.epoch() + 1), "action", event.action()));
        out.println("step");
    }

    @Override
    public void onTransition(Step.Write step, Optional<SecretRecord> before, SecretRecord after) {
        log(
                Kind.WROTE,
                after.secret(),
                Map.of(
                        "epoch", String.valueOf(after.epoch()),
                        "digest", CrashEvent.digest(after.versions()),
                        "step", step.getClass().getSimpleName()));
        out.println("step");
    }

    @Override
    public void onAlert(SecretName secret, String why) {
        log(Kind.FAILED, secret, Map.of("reason", why.replaceAll("\\s+", "_")));
    }

    /** A statement had an effect at the issuer, of which the record knows nothing yet. */
    private void told(CrashEvent event) {
        log.append(event.line());
        out.println("step");
    }

    private void log(Kind kind, SecretName secret, Map<String, String> facts) {
        log.append(CrashEvent.now(process, kind, secret, facts).line());
    }

    private void log(CrashEvent event) {
        log.append(event.line());
    }
}
