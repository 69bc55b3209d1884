package dev.slipring.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.ProbeVerdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SimulatedIssuerTest {
    private static final Duration DELAY = Duration.ofSeconds(10);

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");

    @Test
    void value_installed_worksFromItsActivationOn() {
        SimulatedIssuer issuer = issuer(Install.BEFORE_PUBLISH).delays(DELAY, Duration.ZERO);
        SecretValue value = install(issuer, 1, Optional.empty());

        assertThat(issuer.accepts(value)).isFalse();
        clock.advance(DELAY);
        assertThat(issuer.accepts(value)).isTrue();
        assertThat(issuer.probe(issuance(1, Optional.empty()), value)).isEqualTo(ProbeVerdict.ALIVE);
    }

    @Test
    void value_revoked_worksUntilItsRevocationTakesEffectAndNeverAgain() {
        SimulatedIssuer issuer = issuer(Install.BEFORE_PUBLISH).delays(Duration.ZERO, DELAY);
        SecretValue value = install(issuer, 1, Optional.empty());

        issuer.revoke(issuance(1, Optional.empty()));

        assertThat(issuer.accepts(value)).isTrue();
        clock.advance(DELAY);
        assertThat(issuer.accepts(value)).isFalse();
        issuer.install(issuance(1, Optional.empty()), value);
        assertThat(issuer.accepts(value)).isFalse();
    }

    @Test
    void slot_ofALaterVersion_isNotTouchedByRevokingTheEarlier() {
        SimulatedIssuer issuer = issuer(Install.BEFORE_PUBLISH);
        SecretValue first = install(issuer, 1, Optional.of("a"));
        SecretValue third = install(issuer, 3, Optional.of("a"));

        issuer.revoke(issuance(1, Optional.of("a")));

        assertThat(issuer.accepts(first)).isFalse();
        assertThat(issuer.accepts(third)).isTrue();
    }

    @Test
    void sender_thatKnowsOneValue_switchesWithTheInstallation() {
        SimulatedIssuer issuer = issuer(Install.AFTER_PUBLISH_DELAY);
        SecretValue first = install(issuer, 1, Optional.empty());
        SecretValue second = install(issuer, 2, Optional.empty());

        assertThat(issuer.newest()).isEqualTo(second);
        assertThat(issuer.accepts(first)).isFalse();
    }

    private SimulatedIssuer issuer(Install install) {
        IssuerTraits traits = new IssuerTraits(install, List.of(), true, false, Duration.ZERO);
        return SimulatedIssuer.of(traits, clock, new SplittableRandom(1));
    }

    private static SecretValue install(SimulatedIssuer issuer, int version, Optional<String> slot) {
        SecretValue value = issuer.mint(issuance(version, slot), List.of());
        issuer.install(issuance(version, slot), value);
        return value;
    }

    private static Issuance issuance(int version, Optional<String> slot) {
        return new Issuance(SecretName.of("simulated"), version, slot, "id", version, 1);
    }
}
