package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.TimingParameter;
import dev.slipring.rotation.Explorer.Exploration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every condition of every guard, and every inequality of the policy, is needed: without it the model breaks. */
@Tag("model")
class ProtocolModelConjunctTest {
    static Stream<Weakening> weakenings() {
        return Weakening.all().stream();
    }

    @ParameterizedTest
    @MethodSource("weakenings")
    void conjunct_leftOut_isCaught(Weakening weakening) {
        Exploration sound = Explorer.search(weakening.model());
        Exploration broken = Explorer.search(weakening.weakened());

        assertThat(sound.broken()).as("with every condition").isEmpty();
        show(weakening.toString(), broken);
        assertThat(broken.broken())
                .hasValueSatisfying(c -> assertThat(c.invariant()).isEqualTo(weakening.invariant()));
    }

    @Test
    void impliedConjunct_leftOut_changesNothing() {
        Model.Builder rollback = Models.aCookie(1).allowing(Allowance.ROLLBACK, 1);

        Exploration with = Explorer.search(rollback.build());
        Exploration without =
                Explorer.search(rollback.waiving(Weakening.IMPLIED).build());

        assertThat(without.broken()).isEmpty();
        assertThat(without.size().states()).isEqualTo(with.size().states());
    }

    @Test
    void publishDelay_oneTickShort_isCaught() {
        expectBroken(
                Models.mistaken(
                        "P = g - 1, since A is a tick longer than the policy says", TimingParameter.ADOPTION, 3, 6),
                "NoEarlyUse");
    }

    @Test
    void overlap_oneTickShort_isCaught() {
        expectBroken(
                Models.mistaken(
                        "O = g + T - 1, since A is a tick longer than the policy says", TimingParameter.ADOPTION, 4, 4),
                "NoRevokeInUse");
    }

    @Test
    void staleness_underestimated_isCaught() {
        expectBroken(
                Models.mistaken("L is a tick longer than the policy says", TimingParameter.STALENESS, 3, 4),
                "NoEarlyUse");
    }

    @Test
    void timing_ofTheWorseTruth_isSound() {
        assertThat(Explorer.search(Models.mistaken("A", TimingParameter.ADOPTION, 4, 5))
                        .broken())
                .isEmpty();
        assertThat(Explorer.search(Models.mistaken("L", TimingParameter.STALENESS, 4, 5))
                        .broken())
                .isEmpty();
    }

    private static void expectBroken(Model model, String invariant) {
        Exploration broken = Explorer.search(model);

        show(model.name(), broken);
        assertThat(broken.broken())
                .hasValueSatisfying(c -> assertThat(c.invariant()).isEqualTo(invariant));
    }

    private static void show(String what, Exploration explored) {
        System.out.println(what + ": "
                + explored.broken()
                        .map(Object::toString)
                        .orElse("nothing breaks in " + explored.size().states() + " states"));
    }
}
