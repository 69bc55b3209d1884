package dev.slipring.contract;

import dev.slipring.keyring.Mark;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Emergency;
import dev.slipring.store.Freeze;
import dev.slipring.store.Orders;
import dev.slipring.store.Owner;
import dev.slipring.store.Phase;
import dev.slipring.store.Rotation;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Records for tests of stores. */
public final class Records {
    public static final SecretName NAME = SecretName.of("orders.db-login");
    public static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private Records() {}

    /** The record of {@link #NAME} at {@code epoch}; {@code code} tells its writer. */
    public static SecretRecord at(long epoch, String code) {
        return at(NAME, epoch, code);
    }

    public static SecretRecord at(SecretName secret, long epoch, String code) {
        SecretVersion version = SecretVersion.staged(1, new SecretVersion.Origin("r1", 1, 1), Optional.empty())
                .in(VersionState.PRIMARY)
                .stamped(Stamp.PUBLISHED, START)
                .stamped(Stamp.PRIMARY, START);
        return new SecretRecord(
                secret,
                1,
                epoch,
                Phase.IDLE,
                new Rotation("r1", 1, timing()),
                List.of(version),
                7,
                0,
                Orders.NONE,
                Optional.empty(),
                Optional.of(code),
                Map.of());
    }

    /** A record in which every field is set, with a version in every state. */
    public static SecretRecord full(long epoch) {
        List<SecretVersion> versions = new ArrayList<>();
        for (VersionState state : VersionState.values()) {
            int number = 2 * versions.size() + 1; // numbers may have gaps
            SecretVersion version = SecretVersion.staged(
                            number,
                            new SecretVersion.Origin("rotation" + number, Long.MAX_VALUE - number, 2),
                            Optional.of("login_\u00e4/b~c\"\\"))
                    .in(state)
                    .valued("00ff" + number, Map.of("user", "app \ud83d\udd11\n\u0000", "", "empty name", "a/b~1", ""))
                    .held(Optional.of(new Mark(START.plusNanos(number), "anna", "court\torder \u2028")))
                    .compromised(new Mark(START.minusMillis(number), "bert", "seen in \"logs\""));
            for (Stamp stamp : Stamp.values()) {
                version = version.stamped(stamp, START.plusNanos(1_000_000_001L * (stamp.ordinal() + 1)));
            }
            versions.add(version);
        }
        return new SecretRecord(
                NAME,
                1,
                epoch,
                Phase.OVERLAP,
                new Rotation("rotation9", 9, timing()),
                versions,
                Integer.MAX_VALUE,
                1_000_013,
                orders(),
                Optional.of(new Owner("replica-1", START.plusSeconds(10))),
                Optional.of("probe: inconclusive"),
                Map.of());
    }

    private static Orders orders() {
        Mark mark = new Mark(START.plusMillis(7), "carl", "because \u00a7");
        return new Orders(
                Optional.of(new Emergency(Set.of(3, 11), Emergency.Plan.REVOKE_FIRST, true, mark)),
                List.of(
                        new Freeze(START, START.plusSeconds(5), mark),
                        new Freeze(START.minusSeconds(9), START.plusNanos(1), mark)),
                Optional.of(mark),
                Optional.of(Instant.parse("2029-12-31T23:59:59.123456789Z")));
    }

    /** A different duration for each parameter. */
    public static Timing timing() {
        EnumMap<TimingParameter, Duration> values = new EnumMap<>(TimingParameter.class);
        for (TimingParameter parameter : TimingParameter.values()) {
            values.put(parameter, Duration.ofSeconds(60L * parameter.ordinal(), 1 + parameter.ordinal()));
        }
        return new Timing(values);
    }
}
