package dev.slipring.testing;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Answer;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.Retirement;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Whoever commands the fleet: begins each rotation, rolls one back now and then, gives one up before its promotion, gives a
 * rollback up, holds an old version and releases it. Looks at the record and asks again until it is done.
 */
final class Operator {
    private static final String NAME = "operator";

    private final Fleet fleet;
    private final SplittableRandom random;
    private Intention intention = Intention.ROTATE;
    private long sequence = 1;
    private boolean carriedOut;
    private Instant notBefore = Instant.MIN;

    private enum Intention {
        ROTATE,
        ROLL_BACK,
        ABORT,
        GIVE_UP_ROLLBACK,
        HOLD
    }

    Operator(Fleet fleet) {
        this.fleet = fleet;
        this.random = fleet.random().split();
    }

    void start() {
        act(fleet.record());
        fleet.agenda().after(fleet.upTo(fleet.refreshInterval()), this::start);
    }

    /** Whether all rotations are over, and so is the life of the versions that they replaced. */
    boolean done() {
        SecretRecord record = fleet.record();
        boolean onCensus = fleet.plan().policy().retirement() == Retirement.ON_CENSUS;
        return enough()
                && record.phase() == Phase.IDLE
                && record.versions().stream()
                        .noneMatch(v -> v.state() == VersionState.REVOKING
                                || (v.state() == VersionState.RETIRING && !onCensus));
    }

    private boolean enough() {
        return fleet.tally().rotations() >= fleet.plan().size().rotations();
    }

    private void act(SecretRecord record) {
        if (record.rotation().sequence() != sequence) {
            sequence = record.rotation().sequence();
            intend();
        }
        if (fleet.agenda().now().isBefore(notBefore)) {
            return;
        }
        next(record).ifPresent(command -> ask(command, record));
    }

    /** Every fifth rotation is rolled back, and so on: a short simulation sees each once. */
    private void intend() {
        carriedOut = false;
        notBefore = Instant.MIN;
        intention = switch ((int) (sequence % 5)) {
            case 3 -> random.nextBoolean() ? Intention.ROLL_BACK : Intention.ROTATE;
            case 4 -> Intention.ROLL_BACK;
            case 0 -> random.nextBoolean() ? Intention.HOLD : Intention.GIVE_UP_ROLLBACK;
            case 1 -> Intention.ABORT;
            default -> Intention.ROTATE;
        };
    }

    private Optional<Command> next(SecretRecord record) {
        Optional<SecretVersion> old = record.versions().stream()
                .filter(v -> v.state() == VersionState.RETIRING)
                .reduce((a, b) -> b);
        Optional<Command> release = release(record);
        if (release.isPresent()) {
            return release;
        }
        if (record.phase() == Phase.IDLE) {
            return enough() ? Optional.empty() : Optional.of(new Command.Rotate(NAME, "it is time"));
        }
        if (carriedOut) {
            return Optional.empty();
        }
        boolean readmitted = old.flatMap(v -> v.at(Stamp.READMITTED)).isPresent();
        return switch (intention) {
            case ABORT ->
                record.phase() == Phase.PUBLISHED && later(TimingParameter.PUBLISH)
                        ? Optional.of(new Command.Abort(NAME, "not this one"))
                        : Optional.empty();
            case ROLL_BACK ->
                old.filter(v -> record.phase() == Phase.OVERLAP && later(TimingParameter.OVERLAP))
                        .map(v -> new Command.Rollback(NAME, "worse than before"));
            case GIVE_UP_ROLLBACK ->
                old.filter(v -> record.phase() == Phase.OVERLAP && later(TimingParameter.OVERLAP))
                        .map(v -> readmitted
                                ? new Command.Abort(NAME, "better than thought")
                                : new Command.Rollback(NAME, "worse than before"));
            case HOLD ->
                old.filter(v -> v.held().isEmpty() && record.phase() == Phase.OVERLAP)
                        .map(v -> new Command.Hold(v.number(), NAME, "somebody asked for it"));
            case ROTATE -> Optional.empty();
        };
    }

    /** A held version is released somewhat later than its overlap is over. */
    private Optional<Command> release(SecretRecord record) {
        Instant overlapBegan = fleet.agenda().now().minus(fleet.time(TimingParameter.OVERLAP));
        return record.versions().stream()
                .filter(v -> v.held().isPresent())
                .filter(v -> v.at(Stamp.RETIRING).map(overlapBegan::isAfter).orElse(false))
                .filter(v -> random.nextInt(8) == 0)
                .map(v -> new Command.Release(v.number(), NAME, "no longer needed"))
                .map(Command.class::cast)
                .findFirst();
    }

    /** Draws, once, how far into a wait something is done: at its beginning, or anywhere up to its end. */
    private boolean later(TimingParameter wait) {
        if (notBefore.equals(Instant.MIN)) {
            Duration delay = random.nextBoolean() ? Duration.ZERO : fleet.upTo(fleet.time(wait));
            notBefore = fleet.agenda().now().plus(delay);
            return false;
        }
        return true;
    }

    private void ask(Command command, SecretRecord record) {
        List<SimulatedReplica> running = fleet.replicas().stream()
                .filter(replica -> replica.running() && !replica.isCutOff())
                .toList();
        if (running.isEmpty()) {
            return;
        }
        SimulatedReplica chosen = running.get(random.nextInt(running.size()));
        Optional<Answer> answer = chosen.command(command);
        boolean accepted = answer.filter(Answer.Accepted.class::isInstance).isPresent();
        boolean halfway = intention == Intention.GIVE_UP_ROLLBACK && command instanceof Command.Rollback;
        carriedOut |= accepted && record.phase() != Phase.IDLE && !halfway && !(command instanceof Command.Release);
    }
}
