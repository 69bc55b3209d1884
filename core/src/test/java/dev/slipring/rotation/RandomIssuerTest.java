package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RandomIssuerTest {
    private static final Issuance ISSUANCE =
            new Issuance(SecretName.of("session"), 2, Optional.empty(), "rotation", 2, 1);

    @ParameterizedTest
    @ValueSource(ints = {RandomIssuer.MIN_LENGTH, 64, SecretValue.MAX_LENGTH})
    void mint_ofALength_drawsThatManyBytes(int length) {
        assertThat(RandomIssuer.bytes(length).mint(ISSUANCE, List.of()).length())
                .isEqualTo(length);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, RandomIssuer.MIN_LENGTH - 1, SecretValue.MAX_LENGTH + 1})
    void bytes_ofALengthOutOfRange_isRefused(int length) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RandomIssuer.bytes(length))
                .withMessage("a random secret has 32 to 49152 bytes, not " + length);
    }

    @Test
    void mint_twice_drawsDifferentValues() {
        RandomIssuer issuer = RandomIssuer.bytes(32);

        assertThat(issuer.mint(ISSUANCE, List.of())).isNotEqualTo(issuer.mint(ISSUANCE, List.of()));
    }

    @Test
    void mint_identifierTaken_drawsAgainAndWipesTheFirst() {
        SecretValue existing = SecretValue.copyOf(new byte[32]);
        AtomicInteger draws = new AtomicInteger();
        List<SecretValue> seen = new ArrayList<>();
        RandomIssuer issuer = RandomIssuer.bytes(32).distinctBy(value -> {
            if (value == existing) {
                return "same";
            }
            seen.add(value);
            return draws.incrementAndGet() < 4 ? "same" : "other";
        });

        SecretValue minted = issuer.mint(ISSUANCE, List.of(existing));

        assertThat(seen).hasSize(4).last().isSameAs(minted);
        assertThat(seen.subList(0, 3)).allSatisfy(RandomIssuerTest::isWiped);
        assertThat(minted.copyBytes()).hasSize(32);
    }

    private static void isWiped(SecretValue value) {
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(value::copyBytes);
    }

    @Test
    void mint_identifierAlwaysTaken_givesUp() {
        RandomIssuer issuer = RandomIssuer.bytes(32).distinctBy(value -> "same");

        assertThatExceptionOfType(IssuerException.class)
                .isThrownBy(() -> issuer.mint(ISSUANCE, List.of(SecretValue.copyOf(new byte[32]))))
                .withMessageContaining("secret session: 16 random values in a row");
    }

    @Test
    void issuer_ofRandomValues_hasNothingToInstallProbeOrRevoke() {
        RandomIssuer issuer = RandomIssuer.bytes(32);
        SecretValue value = issuer.mint(ISSUANCE, List.of());

        issuer.install(ISSUANCE, value);
        issuer.revoke(ISSUANCE);

        assertThat(issuer.traits()).isEqualTo(IssuerTraits.NONE);
        assertThat(issuer.attributes(value)).isEqualTo(Map.of());
        assertThat(issuer.probe(ISSUANCE, value)).isEqualTo(ProbeVerdict.INCONCLUSIVE);
        assertThat(issuer.use(ISSUANCE)).isEqualTo(UseReport.UNKNOWN);
    }
}
