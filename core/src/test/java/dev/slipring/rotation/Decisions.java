package dev.slipring.rotation;

import dev.slipring.store.SecretRecord;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What the protocol decides, asked once for each record, evidence and engine. Not thread-safe. */
final class Decisions {
    /**
     * A decision.
     *
     * @param type the step decided on
     * @param effect the step, if it is an effect
     * @param after the record to be written, as it is at the moment of the decision; {@link Parts#NONE} if none
     * @param breaks the invariant that is broken if it is carried out
     */
    record Decision(Class<? extends Step> type, Optional<Step.Effect> effect, int after, Optional<String> breaks) {
        boolean rests() {
            return Step.Rest.class.isAssignableFrom(type);
        }

        boolean writes() {
            return after != Parts.NONE;
        }
    }

    private final Model model;
    private final Parts parts;
    private final List<RotationProtocol> protocols;
    private final Map<Long, Integer> known = new HashMap<>();
    private final Interned<Decision> decisions = new Interned<>();
    private final Set<Conjunct> asked = new HashSet<>();
    private final Map<String, Long> taken = new TreeMap<>();

    Decisions(Model model, Parts parts) {
        this.model = model;
        this.parts = parts;
        protocols = IntStream.range(0, model.engines())
                .mapToObj(i -> new RotationProtocol(model.policy(i), model.traits(), model.storeTraits(), this::waived))
                .toList();
    }

    private boolean waived(Conjunct conjunct) {
        asked.add(conjunct);
        return model.waived().test(conjunct);
    }

    /** The conditions that guards asked for. */
    Set<Conjunct> asked() {
        return asked;
    }

    Decision decision(int number) {
        return decisions.value(number);
    }

    /** What {@code engine} decides; {@code record} is {@link Parts#NONE} before there is one. */
    int next(int record, int evidence, int engine) {
        long key = ((long) (record + 1) << 14 | evidence) << 2 | engine;
        return known.computeIfAbsent(key, k -> decide(record, evidence, engine));
    }

    private int decide(int record, int evidence, int engine) {
        Instant now = RecordTime.NOW.plus(RecordTime.TICK.multipliedBy(model.skew(engine)));
        Evidence learned = parts.evidence(evidence);
        Optional<SecretRecord> before = record == Parts.NONE ? Optional.empty() : Optional.of(parts.record(record));
        RotationProtocol protocol = protocols.get(engine);
        Step step = before.map(r -> protocol.next(r, learned, now))
                .orElseGet(() -> protocol.create(Walk.NAME, learned, now));
        return number(before, step, new StepInvariant.Taken(model, before, learned, now, step));
    }

    private int number(Optional<SecretRecord> before, Step step, StepInvariant.Taken taken) {
        Optional<Step.Effect> effect = step instanceof Step.Effect e ? Optional.of(e) : Optional.empty();
        int after = step instanceof Step.Write write ? parts.number(write.after()) : Parts.NONE;
        return decisions.number(new Decision(step.getClass(), effect, after, StepInvariant.brokenBy(taken)));
    }

    /** The write of an engine whose issuer could not mint, as the executor makes it. */
    int retry(int record, Step.Mint mint) {
        SecretRecord before = parts.record(record);
        SecretRecord again = before.then(before.phase())
                .failed("mint")
                .with(mint.issuance().version(), v -> v.attempted(v.origin().attempt() + 1));
        Step step = new Step.Retry(again);
        StepInvariant.Taken taken =
                new StepInvariant.Taken(model, Optional.of(before), parts.evidence(0), RecordTime.NOW, step);
        return number(Optional.of(before), step, taken);
    }

    /** Counts a step that was taken. */
    void took(Decision decision) {
        taken.merge(decision.type().getSimpleName(), 1L, Long::sum);
    }

    Map<String, Long> taken() {
        return taken;
    }
}
