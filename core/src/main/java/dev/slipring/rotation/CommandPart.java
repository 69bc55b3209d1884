package dev.slipring.rotation;

import dev.slipring.keyring.Mark;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import java.util.Optional;
import java.util.function.Function;

/** What operators ask, under the same guards; what a guard would wait for is refused with the reason. Stateless. */
final class CommandPart {
    private CommandPart() {}

    static Step next(Situation s, Command command) {
        if (command instanceof Command.Create) {
            return new Step.Refuse("the secret exists already");
        } else if (command instanceof Command.Rotate) {
            return orRefuse(ForwardPart.begin(s));
        } else if (command instanceof Command.Provide) {
            return orRefuse(ProvisionPart.provide(s));
        } else if (command instanceof Command.Expired expired) {
            return onVersion(s, expired.version(), v -> orRefuse(ProvisionPart.expired(s, v)));
        } else if (command instanceof Command.Rollback) {
            return orRefuse(rollback(s));
        } else if (command instanceof Command.Abort) {
            return abort(s);
        } else if (command instanceof Command.Hold hold) {
            Mark mark = new Mark(s.now(), hold.by(), hold.reason());
            return onVersion(s, hold.version(), v -> hold(s, v, Optional.of(mark)));
        } else if (command instanceof Command.Release release) {
            return onVersion(s, release.version(), v -> hold(s, v, Optional.empty()));
        } else if (command instanceof Command.Destroy destroy) {
            return onVersion(s, destroy.version(), v -> destroy(s, v));
        } else if (command instanceof Command.Compromise compromise) {
            return EmergencyPart.compromise(s, compromise);
        }
        return order(s, command);
    }

    private static Step order(Situation s, Command command) {
        if (command instanceof Command.Freeze freeze) {
            return OrderPart.freeze(s, freeze);
        } else if (command instanceof Command.Thaw) {
            return OrderPart.thaw(s);
        } else if (command instanceof Command.Close close) {
            return OrderPart.close(s, close);
        } else if (command instanceof Command.Reopen) {
            return OrderPart.reopen(s);
        } else if (command instanceof Command.RejectIssuedBefore bound) {
            return OrderPart.rejectIssuedBefore(s, bound);
        } else if (command instanceof Command.Restore) {
            return OrderPart.restore(s);
        }
        throw new AssertionError("a command of no known kind");
    }

    private static Step rollback(Situation s) {
        Optional<SecretVersion> target = s.rollbackTarget();
        if (s.record().phase() != Phase.OVERLAP || target.isEmpty()) {
            return new Step.Refuse("a rollback needs the overlap of a rotation whose old version still is accepted; "
                    + "the phase is " + s.record().phase());
        }
        SecretVersion old = target.get();
        SecretRecord readmitted = s.record()
                .then(Phase.OVERLAP)
                .with(old.number(), v -> v.unstamped(Stamp.RETIRING).stamped(Stamp.READMITTED, s.stamp()));
        return s.guard(Step.Readmit.class)
                .needs(
                        Condition.NOT_READMITTED,
                        s.readmitted().isEmpty(),
                        () -> new Step.Refuse("a rollback to version " + old.number() + " is under way"))
                .needs(
                        Condition.NOT_COMPROMISED,
                        !s.compromised(old),
                        () -> new Step.Refuse("version " + old.number() + " is compromised and cannot come back"))
                .needs(Condition.PROBED_ALIVE, probesAliveNow(s, old), () -> ForwardPart.probe(s, old))
                .then(() -> new Step.Readmit(readmitted));
    }

    /** Where installing is the switch, the old value is installed again right before the swap, and probed then. */
    private static boolean probesAliveNow(Situation s, SecretVersion old) {
        return s.traits().install() == Install.AFTER_PUBLISH_DELAY || ForwardPart.aliveOrNoProbe(s, old);
    }

    private static Step abort(Situation s) {
        if (s.readmitted().isPresent()) {
            return ForwardPart.giveUpRollback(s, s.readmitted().get());
        }
        Phase phase = s.record().phase();
        Optional<SecretVersion> incoming = s.incoming();
        boolean forward = phase == Phase.MINTING || phase == Phase.PUBLISHED;
        if (!forward || incoming.isEmpty()) {
            return new Step.Refuse("there is nothing to abort: the phase is " + phase);
        }
        return orRefuse(ForwardPart.abort(s, incoming.get()));
    }

    private static Step hold(Situation s, SecretVersion version, Optional<Mark> mark) {
        return new Step.Hold(s.record().then(s.record().phase()).with(version.number(), v -> v.held(mark)));
    }

    private static Step destroy(Situation s, SecretVersion version) {
        return version.state() == VersionState.REVOKED
                ? orRefuse(RetirementPart.destroy(s, version))
                : new Step.Refuse("version " + version.number() + " is " + version.state() + ", not REVOKED");
    }

    private static Step onVersion(Situation s, int number, Function<SecretVersion, Step> then) {
        return s.record().version(number).map(then).orElseGet(() -> new Step.Refuse("there is no version " + number));
    }

    private static Step orRefuse(Step step) {
        return step instanceof Step.Rest rest ? new Step.Refuse(rest.why()) : step;
    }
}
