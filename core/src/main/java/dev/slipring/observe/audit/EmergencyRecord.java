package dev.slipring.observe.audit;

import dev.slipring.keyring.SecretName;
import dev.slipring.rotation.AuditEvent;
import dev.slipring.rotation.AuditEvent.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What became of one emergency of one secret: who declared it, when and why, what was planned at what price, every step
 * with its evidence, and the end. Made from audit events alone, so that it can be told after a crash and elsewhere, from
 * what {@link TrailCheck#events} reads. Immutable.
 *
 * @param secret the secret
 * @param events the events of the emergency, in the order of time; the first declares it
 */
public record EmergencyRecord(SecretName secret, List<AuditEvent> events) {
    private static final String DECLARATION = "Compromise";
    private static final String END = "Resolve";

    /**
     * A record of these events.
     *
     * @throws IllegalArgumentException if the first does not declare an emergency of the secret
     */
    public EmergencyRecord {
        events = List.copyOf(events);
        if (events.isEmpty() || !events.get(0).action().equals(DECLARATION)) {
            throw new IllegalArgumentException("secret " + secret + ": no declaration of an emergency comes first");
        }
    }

    /**
     * The emergencies of which {@code events} tell, in the order in which they were declared. The events may be those
     * of several trails, one after the other. What is told of an emergency whose declaration is missing is left out.
     */
    public static List<EmergencyRecord> of(Collection<AuditEvent> events) {
        List<EmergencyRecord> records = new ArrayList<>();
        Map<SecretName, List<AuditEvent>> open = new LinkedHashMap<>();
        events.stream()
                .filter(AuditEvent::inEmergency)
                .sorted(Comparator.comparing(AuditEvent::at))
                .forEach(event -> {
                    List<AuditEvent> story = open.get(event.secret());
                    boolean declares = event.action().equals(DECLARATION) && event.outcome() == Outcome.INTENDED;
                    if (declares && (story == null || end(story).isPresent())) {
                        if (story != null) {
                            records.add(new EmergencyRecord(event.secret(), story));
                        }
                        story = new ArrayList<>();
                        open.put(event.secret(), story);
                    }
                    if (story != null) {
                        story.add(event);
                    }
                });
        open.forEach((secret, story) -> records.add(new EmergencyRecord(secret, story)));
        records.sort(Comparator.comparing(EmergencyRecord::declaredAt));
        return records;
    }

    /** When it was declared, in the store's time. */
    public Instant declaredAt() {
        return events.get(0).at();
    }

    /** The declarations: the first, and those that joined while it was open; repeated if one was not written at once. */
    public List<AuditEvent> declarations() {
        return events.stream()
                .filter(event -> event.action().equals(DECLARATION) && event.outcome() == Outcome.INTENDED)
                .toList();
    }

    /** When it ended; empty while it is open, as far as the events tell. */
    public Optional<Instant> endedAt() {
        return end(events);
    }

    /** From the declaration to when the last compromised version was revoked; empty while that is to come. */
    public Optional<Duration> exposure() {
        return endedAt()
                .flatMap(end -> events.stream()
                        .filter(event -> event.action().equals("Done"))
                        .map(event -> Duration.between(declaredAt(), event.at()))
                        .max(Comparator.naturalOrder())
                        .or(() -> Optional.of(Duration.ZERO)));
    }

    /** It is over if an end was announced, not taken back as lost by all who announced it, and nothing came later. */
    private static Optional<Instant> end(List<AuditEvent> events) {
        long last =
                events.stream().mapToLong(e -> e.change().to().epoch()).max().orElse(0);
        List<AuditEvent> ends = events.stream()
                .filter(event ->
                        event.action().equals(END) && event.change().to().epoch() == last)
                .toList();
        long lost = ends.stream().filter(e -> e.outcome() == Outcome.LOST).count();
        return ends.size() - lost > lost ? Optional.of(ends.get(0).at()) : Optional.empty();
    }

    /** As JSON, on one line. */
    public String toJson() {
        return EmergencyText.json(this);
    }

    /** As a page of Markdown for people; what operators wrote cannot change its form. */
    public String toMarkdown() {
        return EmergencyText.markdown(this);
    }
}
