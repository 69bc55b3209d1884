package dev.slipring.observe.audit;

import dev.slipring.keyring.SecretName;
import dev.slipring.rotation.AuditEvent;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.SecretKind;
import dev.slipring.rotation.UseReport;
import dev.slipring.store.Emergency;
import dev.slipring.store.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Audit events made up for tests. Stateless. */
final class AuditEvents {
    static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private AuditEvents() {}

    /** An event with little in it. */
    static AuditEvent plain(int number) {
        return event(number, "Hold", "ada", "inquiry " + number);
    }

    static AuditEvent event(int number, String action, String actor, String reason) {
        return new AuditEvent(
                "id-" + number,
                START.plusSeconds(number),
                SecretName.of("session"),
                new AuditEvent.Place("web-1", SecretKind.SELF, "RandomIssuer", "FileSecretStore"),
                new AuditEvent.Request(actor, reason, AuditEvent.Mode.NORMAL, false),
                new AuditEvent.Change(
                        "r" + number,
                        1,
                        new AuditEvent.Point(number, Optional.of(Phase.IDLE)),
                        new AuditEvent.Point(number + 1L, Optional.of(Phase.IDLE))),
                new AuditEvent.Subject(action, 1, Optional.empty(), Optional.empty()),
                AuditEvent.Proof.NONE,
                new AuditEvent.Result(AuditEvent.Outcome.INTENDED, Optional.empty()),
                Optional.empty());
    }

    /** An event with everything in it. */
    static AuditEvent full() {
        AuditEvent plain = plain(7);
        return new AuditEvent(
                plain.id(),
                plain.at(),
                plain.secret(),
                plain.place(),
                new AuditEvent.Request(
                        "ada", "line\nbreak \"quote\" \u2028 \ud83d\udd11", AuditEvent.Mode.EMERGENCY, true),
                plain.change(),
                new AuditEvent.Subject("Compromise", 0, Optional.of("00ff"), Optional.of("ff00")),
                new AuditEvent.Proof(
                        Optional.of(ProbeVerdict.DEAD),
                        Optional.of(UseReport.IDLE),
                        Optional.of(new AuditEvent.Acknowledgements(3, 2)),
                        Optional.of(START),
                        Optional.of(START.plusNanos(1))),
                new AuditEvent.Result(AuditEvent.Outcome.FAILED, Optional.of("PROBES_ALIVE")),
                Optional.of(new AuditEvent.Planned(
                        Set.of(1, 2),
                        Emergency.Plan.REVOKE_FIRST,
                        Optional.of(Duration.ofSeconds(100)),
                        Optional.of(Duration.ZERO),
                        "nothing")));
    }
}
