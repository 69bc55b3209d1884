package dev.slipring.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.slipring.keyring.UseCounts.OfVersion;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UseRecorderTest {
    private final UseRecorder recorder = new UseRecorder();

    @Test
    void counts_whatWasNoted_isThereByVersionAndReason() {
        recorder.version(1).produced();
        recorder.version(1).produced();
        recorder.version(1).accepted();
        recorder.version(2).refused();
        recorder.failed(AuthFailure.SIGNATURE);
        recorder.failed(AuthFailure.SIGNATURE);
        recorder.failed(AuthFailure.UNAUTHORIZED);

        UseCounts counts = recorder.counts();
        assertThat(counts.versions())
                .containsExactly(entry(1, new OfVersion(2, 1, 0)), entry(2, new OfVersion(0, 0, 1)));
        assertThat(counts.failures())
                .containsOnly(entry(AuthFailure.SIGNATURE, 2L), entry(AuthFailure.UNAUTHORIZED, 1L));
        assertThat(counts.failures(AuthFailure.OTHER)).isZero();
    }

    @Test
    void mark_isEvidenceOfUse_andCountsNothing() {
        recorder.version(3).mark();
        assertThat(recorder.counts().versions()).containsExactly(entry(3, new OfVersion(0, 0, 0)));
        TreeMap<Integer, Boolean> marked = new TreeMap<>();
        recorder.takeMarks(version -> marked.put(version, true));
        recorder.takeMarks(version -> marked.put(version, false));
        assertThat(marked).containsExactly(entry(3, true));
    }

    @Test
    void produced_isEvidenceOfUseToo() {
        recorder.version(3).produced();
        recorder.version(4).accepted();
        TreeMap<Integer, Boolean> marked = new TreeMap<>();
        recorder.takeMarks(version -> marked.put(version, true));
        assertThat(marked).containsExactly(entry(3, true));
    }

    @Test
    void counting_addsWhatOthersCount_andKeepsTheirLastWord() {
        AtomicLong signed = new AtomicLong(5);
        recorder.version(1).produced();
        RotatingSecret.Subscription one = recorder.counting(() -> counted(1, signed.get()));
        try (RotatingSecret.Subscription two = recorder.counting(() -> counted(2, 7))) {
            assertThat(two).isNotNull();
            assertThat(produced(1)).isEqualTo(6);
            assertThat(produced(2)).isEqualTo(7);
            signed.set(8);
            assertThat(produced(1)).isEqualTo(9);
        }
        one.close();
        signed.set(100);
        assertThat(produced(1)).isEqualTo(9);
        assertThat(produced(2)).isEqualTo(7);
        assertThat(recorder.counts().failures(AuthFailure.SIGNATURE)).isEqualTo(2);
    }

    private long produced(int version) {
        return recorder.counts().versions().get(version).produced();
    }

    private static UseCounts counted(int version, long produced) {
        return new UseCounts(
                new TreeMap<>(Map.of(version, new OfVersion(produced, 0, 0))), Map.of(AuthFailure.SIGNATURE, 1L));
    }
}
