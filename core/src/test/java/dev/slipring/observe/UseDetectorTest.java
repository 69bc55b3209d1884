package dev.slipring.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.AuthFailure;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.UseCounts;
import dev.slipring.keyring.VersionState;
import dev.slipring.observe.Anomaly.Kind;
import dev.slipring.rotation.SecretKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Series with known answers: each with something planted, and without. */
class UseDetectorTest {
    /** A Tuesday. */
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private static final Duration OVERLAP = Duration.ofHours(10);
    private static final int DAY = 24 * 60;

    @Test
    void revokedVersion_used_isToldInEveryIntervalInWhichItIs_andOnceInEach() {
        Series series =
                new Series(SecretKind.SELF).version(1, VersionState.REVOKED).version(2, VersionState.PRIMARY);
        assertThat(series.next()).isEmpty();
        series.refused(1, 3).refused(1, 2);
        assertThat(series.next())
                .containsExactly(
                        new Anomaly(Kind.REVOKED_USE, "used although accepted no more: version 1 (REVOKED) 5 times"));
        assertThat(series.next()).isEmpty();
        series.refused(1, 1);
        assertThat(kinds(series.next())).containsExactly(Kind.REVOKED_USE);
        assertThat(Kind.REVOKED_USE.pages()).isTrue();
    }

    @Test
    void versionThatWasRevokedBefore_producedWith_isTold_butNotTheLastUseBeforeItWas() {
        Series series = new Series(SecretKind.OUTBOUND).version(1, VersionState.RETIRING);
        series.next();
        series.produced(1, 7).version(1, VersionState.REVOKING);
        assertThat(series.next()).isEmpty(); // until then it was lawful
        series.produced(1, 1);
        assertThat(kinds(series.next())).containsExactly(Kind.REVOKED_USE);
    }

    @Test
    void oldVersion_usedInTheLastFifthOfItsOverlap_isTold() {
        Series series = new Series(SecretKind.OUTBOUND).retiring(1, START);
        series.next();
        series.produced(1, 9);
        assertThat(series.next()).isEmpty();
        series.at(START.plus(Duration.ofHours(8)).plusSeconds(1)).produced(1, 1);
        assertThat(series.next()).isEmpty(); // the interval began before
        series.produced(1, 2);
        assertThat(series.next())
                .containsExactly(new Anomaly(
                        Kind.OLD_VERSION_USE,
                        "still used in the last fifth of the overlap of PT10H: version 1 2 times"));
        series.accepted(1, 4);
        assertThat(series.next()).isEmpty();
    }

    @Test
    void oldVersion_acceptedInTheLastFifth_isToldOfInboundSecretsAlone() {
        for (SecretKind kind : SecretKind.values()) {
            Series series = new Series(kind).retiring(1, START).at(START.plus(Duration.ofHours(9)));
            series.next();
            series.accepted(1, 1);
            assertThat(kinds(series.next()))
                    .isEqualTo(kind == SecretKind.INBOUND ? List.of(Kind.OLD_VERSION_USE) : List.of());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SIGNATURE, BAD_SIGNATURES",
        "UNKNOWN_KEY, UNKNOWN_KEYS",
        "UNAUTHORIZED, FAILED_LOGINS",
        "SQL_STATE, FAILED_LOGINS"
    })
    void spike_isTold_withItsBaseline_inEachIntervalThatItLasts(AuthFailure reason, Kind kind) {
        Series series = new Series(SecretKind.SELF).failing(reason, minute -> 4 + minute % 3);
        assertThat(series.run(200)).isEmpty();
        series.failed(reason, 300);
        List<Anomaly> first = series.next();
        assertThat(first).hasSize(1);
        assertThat(first.get(0).kind()).isEqualTo(kind);
        assertThat(first.get(0).detail()).matches("30[456] .* in the last interval, usual are 5\\.[01]");
        series.failed(reason, 300);
        assertThat(kinds(series.next())).containsExactly(kind);
        assertThat(series.run(200)).isEmpty();
    }

    @Test
    void spike_thatHasComeToStay_isTheNewNormalWithinTwoHours() {
        Series series = new Series(SecretKind.SELF).failing(AuthFailure.SIGNATURE, minute -> minute < 100 ? 2 : 60);
        series.run(101);
        assertThat(series.run(120)).isNotEmpty();
        assertThat(series.run(500)).isEmpty();
    }

    /** A handful is nothing to look at, however unusual; and nothing is known in the first half hour. */
    @Test
    void count_belowTheFloor_orBeforeAnythingIsKnown_isNotTold() {
        Series quiet = new Series(SecretKind.SELF);
        assertThat(quiet.run(500)).isEmpty();
        quiet.failed(AuthFailure.SIGNATURE, 20);
        assertThat(quiet.next()).isEmpty();
        quiet.failed(AuthFailure.SIGNATURE, 21);
        assertThat(kinds(quiet.next())).containsExactly(Kind.BAD_SIGNATURES);
        Series busy = new Series(SecretKind.SELF).failing(AuthFailure.SIGNATURE, minute -> 500);
        assertThat(busy.run(300)).isEmpty();
    }

    @Test
    void sampleAfterALongSleep_countsByTheInterval() {
        Series series = new Series(SecretKind.SELF).failing(AuthFailure.SIGNATURE, minute -> 5);
        series.run(100);
        series.sleep(59).failed(AuthFailure.SIGNATURE, 59 * 5);
        assertThat(series.next()).isEmpty();
    }

    /** Office hours; then one night somebody else has the key. */
    @Test
    void key_usedAtNight_isToldOnceInThatHour_afterFourWeeksOfHabit() {
        LongUnaryOperator office = minute -> isOffice(minute) ? 6 : 0;
        Series series = new Series(SecretKind.OUTBOUND).producing(office);
        assertThat(series.run(29 * DAY + 3 * 60)).isEmpty(); // Wednesday 03:00
        series.produced(1, 4);
        assertThat(series.next()).isEmpty();
        series.produced(1, 1);
        assertThat(series.next())
                .containsExactly(
                        new Anomaly(Kind.UNUSUAL_HOUR, "used 5 times at an hour of the week at which it never is"));
        series.produced(1, 50);
        assertThat(series.next()).isEmpty();
        assertThat(series.run(3 * DAY)).isEmpty();
    }

    @Test
    void key_usedFarMoreThanUsual_isToldOnceInThatHour_andMoreThanADouble_isNot() {
        LongUnaryOperator office = minute -> isOffice(minute) ? 6 : 0; // 360 an hour, which 860 teach to be 485
        Series series = new Series(SecretKind.OUTBOUND).producing(office);
        assertThat(series.run(29 * DAY + 10 * 60)).isEmpty(); // Wednesday 10:00
        series.produced(1, 500);
        assertThat(series.run(60)).isEmpty();
        series.produced(1, 2_000);
        List<Anomaly> told = series.run(60);
        assertThat(told).hasSize(1);
        assertThat(told.get(0).kind()).isEqualTo(Kind.UNUSUAL_RATE);
        assertThat(told.get(0).detail()).contains("usual at this hour of the week are 485");
    }

    @Test
    void habits_areNotJudgedBeforeFourWeeks_norOfOtherKinds() {
        LongUnaryOperator office = minute -> isOffice(minute) ? 6 : 0;
        Series young = new Series(SecretKind.OUTBOUND).producing(office);
        young.run(22 * DAY + 3 * 60);
        young.produced(1, 1_000);
        assertThat(young.next()).isEmpty();
        Series own = new Series(SecretKind.SELF).producing(office);
        own.run(29 * DAY + 3 * 60);
        own.produced(1, 1_000);
        assertThat(own.next()).isEmpty();
    }

    /** An application that is deployed every evening: the hour in which it is learns nothing. */
    @Test
    void habits_ofAReplicaThatRestartsDaily_areKept() {
        Series series = new Series(SecretKind.OUTBOUND).producing(minute -> isOffice(minute) ? 6 : 0);
        for (int day = 0; day < 29; day++) {
            assertThat(series.run(20 * 60 + 30)).isEmpty();
            series.restart();
            assertThat(series.run(3 * 60 + 30)).isEmpty();
        }
        assertThat(series.run(3 * 60)).isEmpty(); // Wednesday 03:00
        series.produced(1, 5);
        assertThat(kinds(series.next())).containsExactly(Kind.UNUSUAL_HOUR);
    }

    @Test
    void baseline_afterARestart_judgesAtOnce() {
        Series series = new Series(SecretKind.SELF).failing(AuthFailure.SIGNATURE, minute -> 50);
        series.run(100);
        series.restart();
        assertThat(series.run(2)).isEmpty();
        series.failed(AuthFailure.SIGNATURE, 100);
        assertThat(series.next())
                .containsExactly(
                        new Anomaly(Kind.BAD_SIGNATURES, "150 bad signatures in the last interval, usual are 50.0"));
    }

    /** Clocks change, people come early: an hour off is not unusual. */
    @Test
    void key_usedAnHourOff_isNotTold() {
        Series series = new Series(SecretKind.OUTBOUND)
                .producing(minute -> isOffice(minute + (minute > 30 * DAY ? 60 : 0)) ? 6 : 0);
        assertThat(series.run(40 * DAY)).isEmpty();
    }

    /**
     * A year of minutes at random around a day's rise and fall, for each rate: nothing is planted, so whatever is told
     * is a false alarm.
     */
    @ParameterizedTest
    @ValueSource(doubles = {0.05, 1, 8, 50, 400})
    void yearOfQuiet_tellsNothing(double rate) {
        for (long seed = 0; seed < 3; seed++) {
            Random random = new Random(seed);
            Series series = new Series(SecretKind.SELF);
            for (AuthFailure reason : List.of(AuthFailure.SIGNATURE, AuthFailure.UNKNOWN_KEY, AuthFailure.SQL_STATE)) {
                series.failing(reason, minute -> poisson(random, daily(rate, minute)));
            }
            assertThat(series.run(365 * DAY)).isEmpty();
        }
    }

    /** The same for a key that is used at random by day and hardly by night. */
    @ParameterizedTest
    @ValueSource(doubles = {0.2, 2, 30})
    void yearOfHabit_tellsNothing(double rate) {
        for (long seed = 0; seed < 3; seed++) {
            Random random = new Random(seed);
            Series series = new Series(SecretKind.OUTBOUND)
                    .producing(minute -> isOffice(minute) ? poisson(random, daily(rate, minute)) : 0);
            assertThat(series.run(365 * DAY)).isEmpty();
        }
    }

    /** What is planted in the same noise is found: a spike of three times the usual and 40 more. */
    @ParameterizedTest
    @EnumSource(
            value = AuthFailure.class,
            names = {"SIGNATURE", "UNKNOWN_KEY", "SQL_STATE"})
    void spikeInNoise_isFound(AuthFailure reason) {
        for (double rate : new double[] {0.05, 1, 8, 50, 400}) {
            Random random = new Random(7);
            Series series = new Series(SecretKind.SELF).failing(reason, minute -> poisson(random, daily(rate, minute)));
            assertThat(series.run(10 * DAY)).isEmpty();
            series.failed(reason, (long) (3 * rate) + 40);
            assertThat(series.next()).hasSize(1);
        }
    }

    private static double daily(double rate, long minute) {
        return rate * (1 + 0.8 * Math.sin(2 * Math.PI * minute / DAY));
    }

    /** Monday to Friday, 08:00 to 18:00; minute 0 is Tuesday 00:00. */
    private static boolean isOffice(long minute) {
        long weekday = (minute / DAY + 1) % 7;
        long hour = minute % DAY / 60;
        return weekday < 5 && hour >= 8 && hour < 18;
    }

    private static long poisson(Random random, double mean) {
        if (mean > 60) {
            return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.nextGaussian()));
        }
        double limit = Math.exp(-mean);
        double product = random.nextDouble();
        long count = 0;
        while (product > limit) {
            product *= random.nextDouble();
            count++;
        }
        return count;
    }

    private static List<Kind> kinds(List<Anomaly> anomalies) {
        return anomalies.stream().map(Anomaly::kind).toList();
    }

    /** Samples a minute apart, of counts that only grow. */
    private static final class Series {
        private final SecretKind kind;
        private final TreeMap<Integer, SecretVersion> versions = new TreeMap<>();
        private final TreeMap<Integer, UseCounts.OfVersion> uses = new TreeMap<>();
        private final Map<AuthFailure, Long> failures = new EnumMap<>(AuthFailure.class);
        private final Map<AuthFailure, LongUnaryOperator> failing = new EnumMap<>(AuthFailure.class);
        private LongUnaryOperator producing = minute -> 0;
        private UseHistory history = UseHistory.NONE;
        private Instant now = START;
        private long minute;

        Series(SecretKind kind) {
            this.kind = kind;
        }

        Series version(int number, VersionState state) {
            versions.put(number, staged(number).in(state));
            return this;
        }

        Series retiring(int number, Instant since) {
            versions.put(number, staged(number).in(VersionState.RETIRING).stamped(Stamp.RETIRING, since));
            return this;
        }

        Series at(Instant value) {
            now = value;
            return this;
        }

        Series sleep(int minutes) {
            now = now.plus(Duration.ofMinutes(minutes));
            minute += minutes;
            return this;
        }

        /** Counts begin anew; what was learned is kept and read again. */
        Series restart() {
            SecretName name = SecretName.of("key");
            byte[] kept = UseHistoryFormat.print(name, history);
            assertThat(kept).hasSizeLessThan(8 * 1024);
            history = UseHistory.NONE.resuming(UseHistoryFormat.parse(name, kept));
            uses.clear();
            failures.clear();
            return this;
        }

        Series produced(int version, long more) {
            return add(version, new UseCounts.OfVersion(more, 0, 0));
        }

        Series accepted(int version, long more) {
            return add(version, new UseCounts.OfVersion(0, more, 0));
        }

        Series refused(int version, long more) {
            return add(version, new UseCounts.OfVersion(0, 0, more));
        }

        Series failed(AuthFailure reason, long more) {
            failures.merge(reason, more, Long::sum);
            return this;
        }

        Series failing(AuthFailure reason, LongUnaryOperator byMinute) {
            failing.put(reason, byMinute);
            return this;
        }

        Series producing(LongUnaryOperator byMinute) {
            producing = byMinute;
            return this;
        }

        /** What the next sample shows. */
        List<Anomaly> next() {
            failing.forEach((reason, byMinute) -> failed(reason, byMinute.applyAsLong(minute)));
            produced(1, producing.applyAsLong(minute));
            UseSample sample =
                    new UseSample(now, new UseCounts(uses, failures), versions.values(), OVERLAP, Optional.of(kind));
            UseDetector.Verdict verdict = UseDetector.detect(history, sample);
            history = verdict.history();
            now = now.plus(UseDetector.INTERVAL);
            minute++;
            return verdict.anomalies();
        }

        /** What the next {@code samples} show, together. */
        List<Anomaly> run(int samples) {
            List<Anomaly> all = new ArrayList<>();
            for (int i = 0; i < samples; i++) {
                all.addAll(next());
            }
            return all;
        }

        private Series add(int version, UseCounts.OfVersion more) {
            uses.merge(
                    version,
                    more,
                    (a, b) -> new UseCounts.OfVersion(
                            a.produced() + b.produced(), a.accepted() + b.accepted(), a.refused() + b.refused()));
            return this;
        }

        private static SecretVersion staged(int number) {
            return SecretVersion.staged(number, new SecretVersion.Origin("r", number, 1), Optional.empty());
        }
    }
}
