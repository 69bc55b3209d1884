package dev.slipring.observe.audit;

import static dev.slipring.json.JsonText.object;

import dev.slipring.keyring.SecretName;
import dev.slipring.rotation.AuditEvent;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.SecretKind;
import dev.slipring.rotation.UseReport;
import dev.slipring.store.Emergency;
import dev.slipring.store.Phase;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Audit events as JSON and back; what is empty is left out. Stateless. */
final class AuditEventFormat {
    private AuditEventFormat() {}

    static Map<String, Object> tree(AuditEvent event) {
        AuditEvent.Change change = event.change();
        AuditEvent.Request request = event.request();
        Map<String, Object> tree = object(
                "id", event.id(),
                "time", event.at(),
                "replica", event.place().replica(),
                "actor", request.actor(),
                "secret", event.secret(),
                "kind", event.place().kind(),
                "issuer", event.place().issuer(),
                "store", event.place().store(),
                "action", event.action(),
                "version", event.version(),
                "rotationId", change.rotationId(),
                "sequence", change.sequence(),
                "epochFrom", change.from().epoch(),
                "epochTo", change.to().epoch(),
                "phaseFrom", change.from().phase(),
                "phaseTo", change.to().phase(),
                "fingerprintOld", event.subject().fingerprintOld(),
                "fingerprintNew", event.subject().fingerprintNew(),
                "mode", request.mode(),
                "reason", request.reason());
        tree.putAll(object(
                "evidence", proof(event.proof()),
                "override", request.forced(),
                "outcome", event.outcome(),
                "errorCode", event.result().errorCode(),
                "planned", event.planned().map(AuditEventFormat::planned)));
        return tree;
    }

    private static Map<String, Object> proof(AuditEvent.Proof proof) {
        return object(
                "probe", proof.probe(),
                "use", proof.use(),
                "acknowledgements", proof.acknowledgements().map(a -> object("live", a.live(), "takenUp", a.takenUp())),
                "lastUsedOld", proof.lastUsedOld(),
                "lastUsedNew", proof.lastUsedNew());
    }

    static Map<String, Object> planned(AuditEvent.Planned planned) {
        return object(
                "members", planned.members(),
                "plan", planned.plan(),
                "exposure", planned.exposure(),
                "outage", planned.outage(),
                "loss", planned.loss());
    }

    /**
     * The event of which {@code tree} tells.
     *
     * @throws IllegalArgumentException if a member is missing or is not what it should be
     */
    static AuditEvent event(Map<String, Object> tree) {
        Members of = new Members(tree);
        try {
            return new AuditEvent(
                    of.text("id"),
                    Instant.parse(of.text("time")),
                    SecretName.of(of.text("secret")),
                    new AuditEvent.Place(
                            of.text("replica"),
                            SecretKind.valueOf(of.text("kind")),
                            of.text("issuer"),
                            of.text("store")),
                    new AuditEvent.Request(
                            of.text("actor"),
                            of.text("reason"),
                            AuditEvent.Mode.valueOf(of.text("mode")),
                            Boolean.TRUE.equals(tree.get("override"))),
                    change(of),
                    new AuditEvent.Subject(
                            of.text("action"),
                            (int) of.number("version"),
                            of.ifPresent("fingerprintOld", text -> text),
                            of.ifPresent("fingerprintNew", text -> text)),
                    proof(new Members(of.object("evidence").orElse(Map.of()))),
                    new AuditEvent.Result(
                            AuditEvent.Outcome.valueOf(of.text("outcome")), of.ifPresent("errorCode", text -> text)),
                    of.object("planned").map(Members::new).map(AuditEventFormat::planned));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("a time is not in ISO 8601 form", e);
        }
    }

    private static AuditEvent.Change change(Members of) {
        return new AuditEvent.Change(
                of.text("rotationId"),
                of.number("sequence"),
                new AuditEvent.Point(of.number("epochFrom"), of.ifPresent("phaseFrom", Phase::valueOf)),
                new AuditEvent.Point(of.number("epochTo"), of.ifPresent("phaseTo", Phase::valueOf)));
    }

    private static AuditEvent.Proof proof(Members of) {
        return new AuditEvent.Proof(
                of.ifPresent("probe", ProbeVerdict::valueOf),
                of.ifPresent("use", UseReport::valueOf),
                of.object("acknowledgements")
                        .map(Members::new)
                        .map(a -> new AuditEvent.Acknowledgements((int) a.number("live"), (int) a.number("takenUp"))),
                of.ifPresent("lastUsedOld", Instant::parse),
                of.ifPresent("lastUsedNew", Instant::parse));
    }

    private static AuditEvent.Planned planned(Members of) {
        return new AuditEvent.Planned(
                of.numbers("members"),
                Emergency.Plan.valueOf(of.text("plan")),
                of.ifPresent("exposure", Duration::parse),
                of.ifPresent("outage", Duration::parse),
                of.text("loss"));
    }

    /** The members of a parsed object; one of the wrong kind is refused by its name. */
    private record Members(Map<String, Object> tree) {
        String text(String name) {
            return ifPresent(name, text -> text).orElseThrow(() -> refused(name));
        }

        long number(String name) {
            if (tree.get(name) instanceof Long number) {
                return number;
            }
            throw refused(name);
        }

        Set<Integer> numbers(String name) {
            Set<Integer> numbers = new TreeSet<>();
            if (tree.get(name) instanceof Iterable<?> items) {
                for (Object item : items) {
                    if (!(item instanceof Long number)) {
                        throw refused(name);
                    }
                    numbers.add(number.intValue());
                }
            }
            return numbers;
        }

        <T> Optional<T> ifPresent(String name, Function<String, T> parser) {
            return tree.get(name) instanceof String text ? Optional.of(parser.apply(text)) : Optional.empty();
        }

        @SuppressWarnings("unchecked") // the parser makes no other maps
        Optional<Map<String, Object>> object(String name) {
            return tree.get(name) instanceof Map<?, ?> map ? Optional.of((Map<String, Object>) map) : Optional.empty();
        }

        private static IllegalArgumentException refused(String name) {
            return new IllegalArgumentException(name + " is missing or not of its kind");
        }
    }
}
