package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Emergency;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What operators order of a secret as a whole. */
class OrdersTest {
    private static final Command ROTATE = new Command.Rotate("ada", "asked");
    private static final Command CLOSE = new Command.Close("ada", "no longer used");
    private static final Command REOPEN = new Command.Reopen("ada", "used after all");

    private static Walk cookie() {
        return Walk.created(Kinds.COOKIE, Kinds.RANDOM).later(Duration.ofMinutes(1));
    }

    private static Walk promoted(Walk walk) {
        return walk.asked(ROTATE).take(Step.Promote.class);
    }

    private static void refuses(Walk walk, Command command, String why) {
        assertThat(walk.asked(command).next())
                .isInstanceOfSatisfying(
                        Step.Refuse.class, refuse -> assertThat(refuse.why()).contains(why));
        walk.forgetting();
    }

    @Nested
    class FreezeOrder {
        private Walk frozen(Instant from, Instant until) {
            return cookie().asked(new Command.Freeze(from, until, "bea", "year's end"))
                    .take(Step.Order.class);
        }

        @Test
        void freeze_beforeDue_putsTheBeginOffToItsEnd() {
            Walk walk = cookie();
            Instant due = Kinds.COOKIE.beginAt(Walk.NAME, walk.version(1));
            walk.asked(new Command.Freeze(due.minusSeconds(1), due.plusSeconds(99), "bea", "year's end"))
                    .take(Step.Order.class);

            assertThat(walk.at(due).next()).isInstanceOfSatisfying(Step.Wait.class, wait -> {
                assertThat(wait.until()).isEqualTo(due.plusSeconds(99));
                assertThat(wait.why()).isEqualTo("frozen by bea: year's end");
            });
            assertThat(walk.at(due.plusSeconds(99)).next()).isInstanceOf(Step.Begin.class);
        }

        @Test
        void rotate_inAFreeze_isRefusedAndThawedIsNot() {
            Walk walk = frozen(Walk.START, Walk.START.plusSeconds(3600));
            refuses(walk, ROTATE, "frozen by bea: year's end");

            walk.asked(new Command.Thaw("ada", "urgent")).take(Step.Order.class);

            assertThat(walk.asked(ROTATE).next()).isInstanceOf(Step.Begin.class);
        }

        @Test
        void rotation_underWay_goesOnInAFreeze() {
            Walk walk = cookie().asked(ROTATE).take(Step.Begin.class);
            walk.asked(new Command.Freeze(Walk.START, Walk.START.plus(Duration.ofDays(300)), "bea", "year's end"))
                    .take(Step.Order.class);

            walk.take(Step.Promote.class).take(Step.Destroy.class);
        }

        @Test
        void emergency_inAFreeze_doesNotWait() {
            Walk walk = frozen(Walk.START, Walk.START.plus(Duration.ofDays(300)));
            walk.asked(new Command.Compromise(Set.of(), Emergency.Plan.REVOKE_FIRST, false, "ada", "leaked"))
                    .take(Step.Compromise.class);

            assertThat(walk.next()).isInstanceOf(Step.Begin.class);
        }

        @Test
        void freeze_over_isForgottenWithTheNext() {
            Walk walk = frozen(Walk.START, Walk.START.plusSeconds(3600));
            refuses(
                    walk.at(Walk.START.plusSeconds(7200)),
                    new Command.Freeze(Walk.START, Walk.START.plusSeconds(7200), "bea", "late"),
                    "is over already");
            walk.asked(new Command.Freeze(walk.now(), walk.now().plusSeconds(1), "bea", "next"))
                    .take(Step.Order.class);

            assertThat(walk.record().orders().freezes()).hasSize(1);
        }

        @Test
        void thaw_ofNothing_isRefused() {
            refuses(cookie(), new Command.Thaw("ada", "why not"), "nothing is frozen");
        }

        @Test
        void freeze_withoutLength_cannotBeAsked() {
            assertThatThrownBy(() -> new Command.Freeze(Walk.START, Walk.START, "ada", "none"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("has no length");
        }
    }

    @Nested
    class CloseOrder {
        @Test
        void close_idle_revokesThePrimaryAfterAnOverlap() {
            Walk walk = cookie().asked(CLOSE).take(Step.Order.class);
            Instant ordered = walk.record().orders().closing().orElseThrow().at();
            refuses(walk, ROTATE, "retired as a whole");
            refuses(walk, CLOSE, "retired already");

            walk.to(Step.Intend.class);

            assertThat(walk.now()).isEqualTo(ordered.plus(walk.time(TimingParameter.OVERLAP)));
            walk.take(Step.Destroy.class);
            assertThat(walk.state(1)).isEqualTo(VersionState.DESTROYED);
            assertThat(walk.next())
                    .isInstanceOfSatisfying(
                            Step.Wait.class, wait -> assertThat(wait.why()).isEqualTo("nothing is left to do"));
        }

        @Test
        void close_inTheMiddleOfARotation_letsItEndFirst() {
            Walk walk = cookie().asked(ROTATE).take(Step.Publish.class);
            walk.asked(CLOSE).take(Step.Order.class).take(Step.Park.class);

            walk.take(Step.Intend.class);
            walk.take(Step.Done.class);
            walk.to(Step.Wait.class);
            for (int i = 0; i < 2; i++) {
                walk.take(Step.Destroy.class);
            }
            assertThat(walk.state(1)).isEqualTo(VersionState.DESTROYED);
            assertThat(walk.state(2)).isEqualTo(VersionState.DESTROYED);
        }

        @Test
        void close_ofALoginInUse_waitsUntilItIsIdle() {
            Walk walk = Walk.created(Kinds.LOGIN, Kinds.TWO_LOGINS).asked(CLOSE).take(Step.Order.class);
            walk.to(Step.AskUse.class);

            assertThat(walk.knowing(e -> e.reported(1, UseReport.IN_USE)).next())
                    .isInstanceOf(Step.Wait.class);
            walk.later(Duration.ofDays(2)).knowing(e -> e.reported(1, UseReport.IN_USE));
            assertThat(walk.next()).isInstanceOf(Step.Alert.class);
            walk.forgetting().take(Step.Intend.class);
        }

        @Test
        void reopen_beforeTheIntent_takesItBack() {
            Walk walk = cookie().asked(CLOSE).take(Step.Order.class);
            walk.asked(REOPEN).take(Step.Order.class);

            assertThat(walk.record().orders().closing()).isEmpty();
            assertThat(walk.asked(ROTATE).next()).isInstanceOf(Step.Begin.class);
        }

        @Test
        void reopen_whenThereIsNothingToTakeBack_isRefused() {
            refuses(cookie(), REOPEN, "not being retired");
            Walk walk = cookie().asked(CLOSE).take(Step.Order.class).take(Step.Intend.class);
            refuses(walk, REOPEN, "which nothing takes back");
        }

        @Test
        void close_ofACompromisedSecret_revokesAtOnce() {
            Walk walk = cookie().asked(CLOSE).take(Step.Order.class);
            walk.asked(new Command.Compromise(Set.of(), Emergency.Plan.OVERLAP_FIRST, false, "ada", "leaked"))
                    .take(Step.Compromise.class);
            Instant declared = walk.now();

            walk.take(Step.Done.class);

            assertThat(walk.now()).isEqualTo(declared);
            assertThat(walk.version(1).compromised()).isPresent();
            walk.take(Step.Resolve.class);
        }
    }

    @Nested
    class BoundOrder {
        @Test
        void bound_onWhatWasIssued_onlyGrows() {
            Walk walk = cookie();
            Instant bound = walk.now();
            walk.asked(new Command.RejectIssuedBefore(bound, "ada", "all out")).take(Step.Order.class);

            Duration skew = walk.record().rotation().timing().get(TimingParameter.SKEW);
            assertThat(skew).isPositive();
            assertThat(walk.record().edition().rejectIssuedBefore())
                    .contains(bound.plus(skew).plusSeconds(1));
            refuses(walk, new Command.RejectIssuedBefore(bound, "ada", "again"), "accepted already");
            refuses(walk, new Command.RejectIssuedBefore(bound.minusSeconds(1), "ada", "back"), "accepted already");
        }
    }

    @Nested
    class RestoreOrder {
        private static final Command RESTORE = new Command.Restore("ada", "disk lost");

        @Test
        void restore_startsAnIncarnationThatReusesNothing() {
            Walk walk = promoted(cookie());
            SecretRecord before = walk.record();

            walk.later(Duration.ofHours(5)).asked(RESTORE).take(Step.Restore.class);

            SecretRecord after = walk.record();
            assertThat(after.incarnation()).isEqualTo(2);
            assertThat(after.epoch()).isEqualTo(before.epoch() + 1);
            assertThat(after.edition()).isGreaterThan(before.edition());
            assertThat(walk.stamp(1, Stamp.RETIRING))
                    .as("the overlap begins anew")
                    .isAfter(walk.now());
            assertThat(walk.stamp(2, Stamp.PUBLISHED)).isAfter(walk.now());
            walk.take(Step.Park.class).asked(ROTATE).take(Step.Begin.class);
            assertThat(walk.record().versions()).last().satisfies(version -> {
                assertThat(version.number()).isGreaterThan(1000);
                assertThat(version.origin().sequence()).isGreaterThan(1000);
            });
        }

        @Test
        void restore_inEveryPhase_comesToItsEnd() {
            for (Class<? extends Step> reached :
                    java.util.List.of(Step.Begin.class, Step.Publish.class, Step.Promote.class, Step.Intend.class)) {
                Walk walk = Walk.created(Kinds.LOGIN, Kinds.API)
                        .asked(ROTATE)
                        .take(reached)
                        .asked(RESTORE)
                        .take(Step.Restore.class);

                walk.take(Step.Destroy.class);

                assertThat(walk.state(1)).isEqualTo(VersionState.DESTROYED);
                assertThat(walk.state(2)).isEqualTo(VersionState.PRIMARY);
            }
        }
    }
}
