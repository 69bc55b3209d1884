package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

class RotationPlanTest {
    private static final Instant NOW = Walk.START;

    @Test
    void plan_ofAPolicy_hasADateForEachStepOfTheNextRotation() {
        RotationPlan plan = Kinds.COOKIE.plan(NOW);

        assertThat(plan.steps().stream().map(RotationPlan.Dated::step))
                .containsExactly("Begin", "Publish", "Promote", "Park", "Intend", "Done", "Destroy");
        Instant begin = plan.at(Step.Begin.class).orElseThrow();
        Duration written = Kinds.COOKIE.timing().get(TimingParameter.WRITE_WINDOW);
        assertThat(begin).isBetween(NOW, NOW.plus(Kinds.COOKIE.beginAfter()).plus(written));
        Instant promote = begin.plus(written).plus(Kinds.COOKIE.timing().get(TimingParameter.PUBLISH));
        assertThat(plan.at(Step.Promote.class)).contains(promote);
        Instant intend = promote.plus(written).plus(Kinds.COOKIE.timing().get(TimingParameter.OVERLAP));
        assertThat(plan.at(Step.Intend.class)).contains(intend);
        assertThat(plan.at(Step.Destroy.class))
                .contains(intend.plus(written).plus(Kinds.COOKIE.timing().get(TimingParameter.SOAK)));
        assertThat(plan.toString().lines())
                .hasSize(plan.steps().size())
                .first()
                .asString()
                .isEqualTo(begin.truncatedTo(ChronoUnit.SECONDS) + "  Begin       version 2 is STAGED");
    }

    @Test
    void plan_ofEveryKind_isWhatHappens() {
        List<Walk> walks = List.of(
                Walk.created(Kinds.COOKIE, Kinds.RANDOM),
                Walk.created(Kinds.KEK, Kinds.RANDOM),
                Walk.created(Kinds.LOGIN, Kinds.TWO_LOGINS),
                Walk.created(Kinds.LOGIN, Kinds.API),
                Walk.created(Kinds.WEBHOOK, Kinds.SENDER));
        for (Walk walk : walks) {
            RotationPlan plan = walk.plan();
            assertThat(plan.at(Step.Promote.class)).isPresent();
            for (RotationPlan.Dated dated : plan.steps()) {
                Step.Write write = walk.to(Step.Write.class);
                assertThat(write.getClass().getSimpleName()).isEqualTo(dated.step());
                assertThat(walk.now()).as(dated.toString()).isEqualTo(dated.at());
                walk.perform(write);
            }
        }
    }

    @Test
    void plan_ofARecordUnderAPolicy_isThatOfItsRotator() {
        for (Walk walk : List.of(
                Walk.created(Kinds.COOKIE, Kinds.RANDOM),
                Walk.created(Kinds.KEK, Kinds.RANDOM).take(Step.Promote.class),
                Walk.created(Kinds.LOGIN, Kinds.TWO_LOGINS).take(Step.Begin.class),
                Walk.created(Kinds.WEBHOOK, Kinds.SENDER))) {
            assertThat(walk.policyPlan()).isEqualTo(walk.plan());
        }
    }

    @Test
    void plan_inTheMiddleOfARotation_goesOnFromThere() {
        Walk walk = Walk.created(Kinds.COOKIE, Kinds.RANDOM)
                .later(Duration.ofDays(1))
                .asked(new Command.Rotate("ada", "asked"))
                .take(Step.Promote.class);

        RotationPlan plan = walk.plan();

        assertThat(plan.at(Step.Intend.class))
                .contains(walk.stamp(1, Stamp.RETIRING).plus(walk.time(TimingParameter.OVERLAP)));
        assertThat(plan.steps().stream().filter(dated -> dated.step().equals("Begin")))
                .hasSize(1);
    }

    @Test
    void plan_ofWhatOnlyAnOperatorEnds_saysWhatIsWaitedFor() {
        Walk walk =
                Walk.created(Kinds.KEK, Kinds.RANDOM).take(Step.Promote.class).take(Step.Done.class);

        RotationPlan plan = walk.plan();

        assertThat(plan.at(Step.Destroy.class)).isEmpty();
        walk.asked(new Command.Close("ada", "gone")).take(Step.Order.class);
        walk.take(Step.Done.class);
        assertThat(walk.state(2)).isEqualTo(VersionState.REVOKED);
        assertThat(walk.plan().steps()).isEmpty();
        assertThat(walk.plan().open()).contains("on an operator's word");
    }

    @Test
    void plan_whileAVersionIsHeld_leavesItsDateOpen() {
        Walk walk = Walk.created(Kinds.COOKIE, Kinds.RANDOM).take(Step.Promote.class);
        walk.asked(new Command.Hold(1, "bea", "court order")).take(Step.Hold.class);

        RotationPlan plan = walk.plan();

        assertThat(plan.steps().stream().filter(dated -> dated.version() == 1)).isEmpty();
        assertThat(plan.at(Step.Begin.class)).isPresent();
    }

    @Test
    void rotator_plansACommand_withoutGivingIt() {
        Bench bench = new Bench(Kinds.LOGIN, Kinds.TWO_LOGINS);
        Rotator rotator = bench.rotator();
        assertThatThrownBy(rotator::plan)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("does not exist");
        rotator.run();

        RotationPlan plan = rotator.plan(Bench.ROTATE);

        assertThat(plan.steps().get(0)).isEqualTo(new RotationPlan.Dated(bench.clock.instant(), "Begin", 2, "STAGED"));
        assertThat(bench.record().epoch()).isEqualTo(1);
        assertThat(bench.issuer.calls()).doesNotContain("mint 2");
        assertThat(rotator.plan().at(Step.Begin.class).orElseThrow())
                .isAfter(bench.clock.instant().plus(Duration.ofDays(15)));
    }

    @Test
    void rotator_pricesAnEmergency_withoutDeclaringIt() {
        Bench bench = new Bench(Kinds.LOGIN, Kinds.API);
        Rotator rotator = bench.rotator();
        rotator.run();

        EmergencyPlan plan = rotator.price(Command.Compromise.of(SecretKind.OUTBOUND, "ada", "laptop stolen"));

        assertThat(plan.outage()).isZero();
        assertThat(plan.exposure())
                .hasValueSatisfying(exposure -> assertThat(exposure).isLessThan(Duration.ofMinutes(3)));
        assertThat(plan.toString())
                .contains(
                        "secret rotated, OVERLAP_FIRST: version 1 is replaced by a new version",
                        "exposure: PT",
                        "lost: nothing")
                .doesNotContain("value");
        assertThat(bench.record().epoch()).isEqualTo(1);
    }
}
