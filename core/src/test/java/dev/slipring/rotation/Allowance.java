package dev.slipring.rotation;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Emergency;
import dev.slipring.store.SecretRecord;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** What happens only a bounded number of times in a model: commands, and troubles that engines do not cause. */
enum Allowance {
    ROTATE(r -> Stream.of(new Command.Rotate("ada", "asked"))),
    ROLLBACK(r -> Stream.of(new Command.Rollback("ada", "worse"))),
    ABORT(r -> Stream.of(new Command.Abort("ada", "not now"))),
    HOLD(r -> in(r, EnumSet.complementOf(EnumSet.of(VersionState.REVOKING, VersionState.DESTROYED)))
            .filter(v -> v.held().isEmpty())
            .map(v -> new Command.Hold(v.number(), "ada", "wait"))),
    RELEASE(r -> in(r, EnumSet.allOf(VersionState.class))
            .filter(v -> v.held().isPresent())
            .map(v -> new Command.Release(v.number(), "ada", "go on"))),
    DESTROY(r -> in(r, EnumSet.of(VersionState.REVOKED)).map(v -> new Command.Destroy(v.number(), "ada", "gone"))),
    /** A version becomes known to others; a new one takes over before it goes. */
    COMPROMISE(r -> leaked(r, Emergency.Plan.OVERLAP_FIRST)),
    /** The same, where it goes at once. */
    LEAK(r -> leaked(r, Emergency.Plan.REVOKE_FIRST)),
    /** Nothing begins for two ticks, or what was issued until now is rejected. */
    ORDER(r -> Stream.of(
            new Command.Freeze(RecordTime.NOW, RecordTime.NOW.plus(RecordTime.TICK.multipliedBy(2)), "ada", "wait"),
            new Command.RejectIssuedBefore(RecordTime.NOW, "ada", "all out"))),
    /** The secret is retired as a whole. */
    CLOSE(r -> Stream.of(new Command.Close("ada", "gone"))),
    /** That, or a freeze, is taken back. */
    TAKE_BACK(r -> Stream.of(new Command.Reopen("ada", "after all"), new Command.Thaw("ada", "after all"))),
    /** The store came back from a backup. */
    RESTORE(r -> r.versions().size() < 2 ? Stream.empty() : Stream.of(new Command.Restore("ada", "disk lost"))),
    /** The issuer fails to mint, or its value is lost before it is stored. */
    FAIL(r -> Stream.empty()),
    /** The issuer says that a value is installed, and it is not. */
    MISLEAD(r -> Stream.empty()),
    /** A retiring version that nobody uses becomes invalid at the issuer by somebody else's doing. */
    VANISH(r -> Stream.empty()),
    /** The time until the next rotation is due goes by. */
    JUMP(r -> Stream.empty());

    private static final int MOST = 3;

    private final Function<SecretRecord, Stream<Command>> commands;

    Allowance(Function<SecretRecord, Stream<Command>> commands) {
        this.commands = commands;
    }

    /** What operators may ask about this record. */
    List<Command> commands(SecretRecord record) {
        return commands.apply(record).toList();
    }

    boolean in(int left) {
        return (left >>> ordinal() * 2 & MOST) > 0;
    }

    int lessOne(int left) {
        return left - (1 << ordinal() * 2);
    }

    int plus(int left, int times) {
        if (times > MOST) {
            throw new IllegalArgumentException(this + " at most " + MOST + " times");
        }
        return left + (times << ordinal() * 2);
    }

    private static Stream<Command> leaked(SecretRecord record, Emergency.Plan plan) {
        return in(record, EnumSet.range(VersionState.STAGED, VersionState.RETIRING))
                .map(v -> new Command.Compromise(Set.of(v.number()), plan, true, "ada", "leaked"));
    }

    private static Stream<SecretVersion> in(SecretRecord record, Set<VersionState> states) {
        return record.versions().stream().filter(v -> states.contains(v.state()));
    }
}
