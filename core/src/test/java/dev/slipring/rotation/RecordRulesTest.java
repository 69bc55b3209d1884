package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.slipring.keyring.Mark;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Orders;
import dev.slipring.store.Phase;
import dev.slipring.store.Rotation;
import dev.slipring.store.SecretRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecordRulesTest {
    private static final Mark LEAKED = new Mark(Walk.START, "ada", "leaked");

    private static SecretVersion version(int number, VersionState state, Optional<String> slot) {
        return SecretVersion.staged(number, new SecretVersion.Origin("r" + number, number, 1), slot)
                .in(state);
    }

    private static SecretVersion version(int number, VersionState state) {
        return version(number, state, Optional.empty());
    }

    private static SecretRecord record(long incarnation, long epoch, SecretVersion... versions) {
        return new SecretRecord(
                SecretName.of("ruled"),
                incarnation,
                epoch,
                Phase.IDLE,
                new Rotation("r1", 1, Kinds.COOKIE.timing()),
                List.of(versions),
                1,
                0,
                Orders.NONE,
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    private static SecretRecord before(SecretVersion... versions) {
        return record(1, 1, versions);
    }

    private static SecretRecord after(SecretVersion... versions) {
        return record(1, 2, versions);
    }

    private static void refused(SecretRecord before, SecretRecord after, String rule) {
        assertThatIllegalStateException()
                .isThrownBy(() -> RecordRules.check(before, after))
                .withMessage("secret ruled epoch " + before.epoch() + ": the next record would break " + rule
                        + "; nothing was written");
    }

    @Test
    void soundStep_isAllowed() {
        RecordRules.check(
                before(version(1, VersionState.PRIMARY), version(2, VersionState.PUBLISHED)),
                after(version(1, VersionState.RETIRING), version(2, VersionState.PRIMARY)));
    }

    @Test
    void primary_lostOrDoubled_isRefused() {
        SecretVersion primary = version(1, VersionState.PRIMARY);
        refused(before(primary), after(version(1, VersionState.RETIRING)), "SINGLE_PRIMARY");
        refused(before(primary), after(primary, version(2, VersionState.PRIMARY)), "SINGLE_PRIMARY");
    }

    @Test
    void incoming_doubled_isRefused() {
        refused(
                before(version(1, VersionState.PRIMARY), version(2, VersionState.PUBLISHED)),
                after(
                        version(1, VersionState.PRIMARY),
                        version(2, VersionState.PUBLISHED),
                        version(3, VersionState.STAGED)),
                "SINGLE_INCOMING");
    }

    @Test
    void revoking_doubled_isRefused() {
        refused(
                before(
                        version(1, VersionState.REVOKING),
                        version(2, VersionState.RETIRING),
                        version(3, VersionState.PRIMARY)),
                after(
                        version(1, VersionState.REVOKING),
                        version(2, VersionState.REVOKING),
                        version(3, VersionState.PRIMARY)),
                "SINGLE_REVOKING");
    }

    @Test
    void compromisedVersion_madePrimary_isRefused() {
        refused(
                before(version(1, VersionState.RETIRING).compromised(LEAKED), version(2, VersionState.PRIMARY)),
                after(version(1, VersionState.PRIMARY).compromised(LEAKED), version(2, VersionState.RETIRING)),
                "NO_COMPROMISED_PRIMARY");
    }

    @Test
    void slot_givenToTwoLiveVersions_isRefused() {
        Optional<String> a = Optional.of("a");
        refused(
                before(version(1, VersionState.PRIMARY, a)),
                after(version(1, VersionState.PRIMARY, a), version(2, VersionState.STAGED, a)),
                "SLOT_OWNED");
    }

    @Test
    void slot_ofARevokedVersion_isFreeForAnother() {
        Optional<String> a = Optional.of("a");
        SecretVersion primary = version(2, VersionState.PRIMARY, Optional.of("b"));
        RecordRules.check(
                before(version(1, VersionState.REVOKED, a), primary),
                after(version(1, VersionState.REVOKED, a), primary, version(3, VersionState.STAGED, a)));
    }

    @Test
    void epoch_notTheNext_isRefused() {
        SecretVersion primary = version(1, VersionState.PRIMARY);
        refused(before(primary), record(1, 1, primary), "EPOCH_GROWS_BY_ONE");
        refused(before(primary), record(1, 3, primary), "EPOCH_GROWS_BY_ONE");
        refused(before(primary), record(3, 2, primary), "EPOCH_GROWS_BY_ONE");
        RecordRules.check(before(primary), record(2, 2, primary));
    }

    @Test
    void version_forgotten_isRefused() {
        SecretVersion primary = version(2, VersionState.PRIMARY);
        refused(before(version(1, VersionState.DESTROYED), primary), after(primary), "NO_VERSION_FORGOTTEN (1)");
    }

    @Test
    void version_backFromRevoking_isRefused() {
        SecretVersion primary = version(2, VersionState.PRIMARY);
        refused(
                before(version(1, VersionState.REVOKING), primary),
                after(version(1, VersionState.RETIRING), primary),
                "NO_RETURN_FROM_REVOKING (1)");
        refused(
                before(version(1, VersionState.REVOKED), primary),
                after(version(1, VersionState.REVOKING), primary),
                "NO_RETURN_FROM_REVOKING (1)");
        refused(
                before(version(1, VersionState.DESTROYED), primary),
                after(version(1, VersionState.REVOKED), primary),
                "NO_RETURN_FROM_REVOKING (1)");
    }

    @Test
    void compromise_takenBack_isRefused() {
        SecretVersion primary = version(2, VersionState.PRIMARY);
        refused(
                before(version(1, VersionState.RETIRING).compromised(LEAKED), primary),
                after(version(1, VersionState.RETIRING), primary),
                "COMPROMISED_FOR_GOOD (1)");
    }

    @Test
    void rule_brokenBefore_doesNotStopTheMending() {
        RecordRules.check(
                before(version(1, VersionState.PRIMARY), version(2, VersionState.PRIMARY)),
                after(version(1, VersionState.RETIRING), version(2, VersionState.PRIMARY)));
        RecordRules.check(
                before(version(1, VersionState.PRIMARY).compromised(LEAKED), version(2, VersionState.PUBLISHED)),
                after(version(1, VersionState.PRIMARY).compromised(LEAKED), version(2, VersionState.PUBLISHED)));
    }
}
