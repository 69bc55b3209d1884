package dev.slipring.store;

import dev.slipring.keyring.Hkdf;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One secret as its variables tell it: a single version, or an old and a new one that change places at a set time.
 * Immutable but for being wiped, and safe for use by several threads.
 */
final class EnvironmentSecret {
    private static final String ROTATION = "environment";
    private static final int OLD = 1;
    private static final int NEW = 2;

    /** Nothing here is found by the number of its ring. */
    private static final int NO_RING = 0;

    private final SecretName name;
    private final Timing timing;
    private final List<SecretValue> values;
    private final List<SecretVersion> versions;
    private final Times times;

    /**
     * The moments that the variables name.
     *
     * @param switchAt when the old version and the new one change places; set if there are two
     * @param rejectIssuedBefore nothing issued at or before it is accepted
     */
    record Times(Optional<Instant> switchAt, Optional<Instant> rejectIssuedBefore) {}

    /** @param values one, or the old and the new one; from now on this object's to wipe */
    EnvironmentSecret(SecretName name, Timing timing, List<SecretValue> values, Times times) {
        this.name = name;
        this.timing = timing;
        this.values = List.copyOf(values);
        this.times = times;
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        SecretVersion first = version(OLD, key);
        versions = values.size() < NEW ? List.of(first) : List.of(first, version(NEW, key));
        Arrays.fill(key, (byte) 0);
    }

    SecretName name() {
        return name;
    }

    Timing timing() {
        return timing;
    }

    Optional<Instant> switchAt() {
        return times.switchAt;
    }

    /** Whether the switch is ahead, but not as far as a replica may need to learn of the new version. */
    boolean switchIsNear(Instant now) {
        return times.switchAt
                .filter(at -> now.isBefore(at) && at.isBefore(now.plus(timing.get(TimingParameter.PUBLISH))))
                .isPresent();
    }

    /** The record that holds at {@code now}: each step of the rotation that is due by then has been taken. */
    SecretRecord record(Instant now) {
        SecretVersion first = versions.get(0).in(VersionState.PRIMARY);
        SecretRecord alone = SecretRecord.first(name, new Rotation(ROTATION, versions.size(), timing), first, NO_RING)
                .with(times.rejectIssuedBefore
                        .map(Orders.NONE::rejectIssuedBefore)
                        .orElse(Orders.NONE));
        if (times.switchAt.isEmpty()) {
            return alone;
        }
        Instant switchAt = times.switchAt.get();
        SecretRecord published =
                alone.then(Phase.PUBLISHED).plus(versions.get(1).in(VersionState.PUBLISHED));
        if (now.isBefore(switchAt)) {
            return published;
        }
        SecretRecord promoted = published
                .then(Phase.OVERLAP)
                .with(OLD, v -> v.in(VersionState.RETIRING).stamped(Stamp.RETIRING, switchAt))
                .with(NEW, v -> v.in(VersionState.PRIMARY).stamped(Stamp.PRIMARY, switchAt));
        Instant over = switchAt.plus(timing.get(TimingParameter.OVERLAP));
        if (now.isBefore(over)) {
            return promoted;
        }
        return promoted.then(Phase.IDLE)
                .with(
                        OLD,
                        v -> v.in(VersionState.REVOKED)
                                .stamped(Stamp.REVOKING, over)
                                .stamped(Stamp.REVOKED, over));
    }

    /** A copy of the value of version {@code number}, the caller's. */
    Optional<SecretValue> value(int number) {
        return number < OLD || number > values.size()
                ? Optional.empty()
                : Optional.of(values.get(number - 1).copy());
    }

    void wipe() {
        values.forEach(SecretValue::wipe);
    }

    /** The key of the fingerprint is nowhere else, so that a record, which may be printed, tells nothing of values. */
    private SecretVersion version(int number, byte[] key) {
        byte[] mac = values.get(number - 1).reveal(bytes -> Hkdf.SHA256.extract(key, bytes));
        return SecretVersion.staged(number, new SecretVersion.Origin(ROTATION, number, 1), Optional.empty())
                .valued(HexFormat.of().formatHex(mac, 0, 8), Map.of());
    }
}
