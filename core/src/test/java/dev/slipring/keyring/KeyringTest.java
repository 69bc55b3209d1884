package dev.slipring.keyring;

import static dev.slipring.keyring.Keyrings.NAME;
import static dev.slipring.keyring.Keyrings.START;
import static dev.slipring.keyring.Keyrings.edition;
import static dev.slipring.keyring.Keyrings.keyring;
import static dev.slipring.keyring.Keyrings.value;
import static dev.slipring.keyring.Keyrings.version;
import static dev.slipring.keyring.Keyrings.versions;
import static dev.slipring.keyring.VersionState.DESTROYED;
import static dev.slipring.keyring.VersionState.PRIMARY;
import static dev.slipring.keyring.VersionState.PUBLISHED;
import static dev.slipring.keyring.VersionState.RETIRING;
import static dev.slipring.keyring.VersionState.REVOKED;
import static dev.slipring.keyring.VersionState.REVOKING;
import static dev.slipring.keyring.VersionState.STAGED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeyringTest {
    @Test
    void of_oneVersionInEachState_acceptsExactlyPublishedPrimaryAndRetiring() {
        Keyring ring = keyring(1, 9, DESTROYED, REVOKED, REVOKING, RETIRING, PRIMARY, PUBLISHED, STAGED);
        assertThat(ring.primary().number()).isEqualTo(5);
        assertThat(ring.accepted()).extracting(UsableVersion::number).containsExactly(4, 5, 6);
        assertThat(ring.versions()).extracting(SecretVersion::number).containsExactly(1, 2, 3, 4, 5, 6, 7);
        assertThat(ring.accepted(4))
                .hasValueSatisfying(v -> assertThat(v.value()).isEqualTo(value(4)));
        assertThat(ring.accepted(3)).isEmpty();
        assertThat(ring.accepted(99)).isEmpty();
        assertThat(ring.version(3))
                .hasValueSatisfying(v -> assertThat(v.state()).isEqualTo(REVOKING));
        assertThat(ring.version(99)).isEmpty();
    }

    @Test
    void of_versionsInAnyOrder_sortsThemByNumber() {
        List<SecretVersion> shuffled = new ArrayList<>(versions(RETIRING, RETIRING, PRIMARY));
        Collections.reverse(shuffled);
        Keyring ring = Keyring.of(NAME, edition(1, 1), START, shuffled, Map.of(1, value(1), 2, value(2), 3, value(3)));
        assertThat(ring.accepted()).extracting(UsableVersion::number).containsExactly(1, 2, 3);
    }

    @Test
    void of_noPrimaryOrTwo_isRefused() {
        assertThatThrownBy(() -> keyring(1, 7, RETIRING, PUBLISHED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(NAME.value())
                .hasMessageContaining("epoch 7 has 0 primary");
        assertThatThrownBy(() -> keyring(1, 7, PRIMARY, PRIMARY)).hasMessageContaining("has 2 primary");
    }

    @Test
    void of_acceptedVersionWithoutValue_isRefusedByNumber() {
        assertThatThrownBy(() -> keyring(1, 7, Map.of(2, value(2)), RETIRING, PRIMARY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version 1 is RETIRING but has no value");
    }

    @Test
    void of_valuesOfVersionsThatAreNotAccepted_areNotHandedOut() {
        Keyring ring = keyring(1, 7, REVOKED, PRIMARY);
        assertThat(ring.accepted(1)).isEmpty();
    }

    @Test
    void views_changedByTheCaller_refuse() {
        Keyring ring = keyring(1, 7, PRIMARY);
        assertThatThrownBy(() -> ring.accepted().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> ring.versions().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void confirmedAt_later_changesNothingButTheTime() {
        Keyring ring = keyring(1, 7, RETIRING, PRIMARY);
        Instant later = START.plusSeconds(60);
        Keyring confirmed = ring.confirmedAt(later);
        assertThat(ring.asOf()).isEqualTo(START);
        assertThat(confirmed.asOf()).isEqualTo(later);
        assertThat(confirmed.edition()).isEqualTo(ring.edition());
        assertThat(confirmed.secret()).isEqualTo(NAME);
        assertThat(confirmed.primary().value()).isSameAs(ring.primary().value());
    }

    @Test
    void editions_compareByIncarnationThenEpoch() {
        assertThat(edition(1, 9)).isLessThan(edition(1, 10)).isLessThan(edition(2, 1));
        assertThat(edition(2, 1)).isGreaterThan(edition(1, Long.MAX_VALUE));
        assertThat(edition(3, 3)).isEqualByComparingTo(edition(3, 3));
    }

    @Test
    void version_changed_leavesTheOriginalAndKeepsTheRest() {
        Mark mark = new Mark(START, "anna", "leaked in a log");
        SecretVersion plain = version(3, PRIMARY);
        SecretVersion changed = plain.stamped(Stamp.PRIMARY, START)
                .valued("0a1b", Map.of("user", "app_b"))
                .compromised(mark)
                .held(java.util.Optional.of(mark))
                .attempted(2)
                .in(RETIRING);
        assertThat(plain).isEqualTo(version(3, PRIMARY));
        assertThat(changed.at(Stamp.PRIMARY)).contains(START);
        assertThat(changed.at(Stamp.REVOKED)).isEmpty();
        assertThat(changed.unstamped(Stamp.PRIMARY).stamps()).isEmpty();
        assertThat(changed.fingerprint()).contains("0a1b");
        assertThat(changed.attributes()).containsExactly(Map.entry("user", "app_b"));
        assertThat(changed.compromised()).contains(mark);
        assertThat(changed.held()).contains(mark);
        assertThat(changed.held(java.util.Optional.empty()).compromised()).contains(mark);
        assertThat(changed.origin()).isEqualTo(new SecretVersion.Origin("r3", 3, 2));
        assertThat(changed.state()).isEqualTo(RETIRING);
    }

    @Test
    void version_outOfRange_isRefused() {
        SecretVersion.Origin origin = new SecretVersion.Origin("r", 1, 1);
        assertThatThrownBy(() -> SecretVersion.staged(0, origin, java.util.Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
        for (String id : new String[] {"", "A", "a-b", "a'b", "a".repeat(33)}) {
            assertThatThrownBy(() -> new SecretVersion.Origin(id, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new SecretVersion.Origin("r", 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SecretVersion.Origin("r", 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Mark(START, " ", "why")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Mark(START, "anna", "")).isInstanceOf(IllegalArgumentException.class);
    }
}
