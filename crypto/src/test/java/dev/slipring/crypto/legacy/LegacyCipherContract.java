package dev.slipring.crypto.legacy;

import static dev.slipring.crypto.Keks.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.crypto.EnvelopeException;
import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.crypto.Keks;
import dev.slipring.crypto.legacy.LegacyCipher.Evidence;
import dev.slipring.testing.ManualClock;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every reader of another system's ciphertext does, shown on what that system made. */
abstract class LegacyCipherContract {
    private static final Duration LIFE = Duration.ofDays(30);
    /** More samples than that differ little, and not each bit of each is changed. */
    private static final int MANY = 9;

    private final ManualClock clock = Keks.clock();
    private final Sunset sunset = Sunset.at(clock.instant().plus(LIFE), clock);

    /** Something that the other system encrypted. */
    record Sample(byte[] stored, byte[] associatedData, byte[] plaintext) {}

    /** A cipher with the keys of all samples. */
    abstract LegacyCipher cipher(Sunset sunset) throws Exception;

    /** Several, one of them of an empty plaintext. */
    abstract List<Sample> samples() throws Exception;

    /** Key material that must not be shown. */
    abstract List<byte[]> secrets() throws Exception;

    @Test
    void decrypt_whatTheOtherSystemMade_isItsPlaintext() throws Exception {
        try (LegacyCipher cipher = cipher(sunset)) {
            assertThat(samples()).hasSizeGreaterThan(2).anyMatch(sample -> sample.plaintext.length == 0);
            for (Sample sample : samples()) {
                byte[] stored = sample.stored.clone();
                assertThat(cipher.recognises(stored)).isTrue();
                assertThat(cipher.decrypt(stored, sample.associatedData)).isEqualTo(sample.plaintext);
                assertThat(stored).isEqualTo(sample.stored);
            }
        }
    }

    @Test
    void decrypt_eachBitChanged_givesNoOtherPlaintext() throws Exception {
        try (LegacyCipher cipher = cipher(sunset)) {
            int refused = 0;
            List<Sample> samples = samples();
            int step = samples.size() > MANY ? 7 : 1;
            for (Sample sample : samples) {
                for (int bit = refused % step; bit < 8 * sample.stored.length; bit += step) {
                    byte[] changed = Keks.flipped(sample.stored, bit);
                    if (!isRefused(cipher, changed, sample)) {
                        assertThat(cipher.evidence()).isEqualTo(Evidence.NONE);
                    } else {
                        refused++;
                    }
                }
            }
            assertThat(refused).isGreaterThan(100);
        }
    }

    @Test
    void decrypt_cutOffOrLonger_givesNoOtherPlaintext() throws Exception {
        try (LegacyCipher cipher = cipher(sunset)) {
            for (Sample sample : samples()) {
                for (int length = 0; length <= sample.stored.length + 33; length++) {
                    byte[] changed = Arrays.copyOf(sample.stored, length);
                    if (length != sample.stored.length && !isRefused(cipher, changed, sample)) {
                        assertThat(cipher.evidence()).isEqualTo(Evidence.NONE);
                    }
                }
            }
        }
    }

    @Test
    void decrypt_otherAssociatedData_isTampered() throws Exception {
        try (LegacyCipher cipher = cipher(sunset)) {
            for (Sample sample : samples()) {
                byte[] other = Arrays.copyOf(sample.associatedData, sample.associatedData.length + 1);
                assertFailure(Failure.TAMPERED, () -> cipher.decrypt(sample.stored, other));
            }
        }
    }

    @Test
    void decrypt_fromTheSunsetOn_isDisabled() throws Exception {
        try (LegacyCipher cipher = cipher(sunset)) {
            Sample sample = samples().get(0);
            clock.advance(LIFE.minusMillis(1));
            assertThat(cipher.decrypt(sample.stored, sample.associatedData)).isEqualTo(sample.plaintext);
            clock.advance(Duration.ofMillis(1));
            assertThatThrownBy(() -> cipher.decrypt(sample.stored, sample.associatedData))
                    .isInstanceOf(EnvelopeException.class)
                    .hasMessage("%s is not read any more since %s", cipher.name(), sunset.instant());
            assertFailure(Failure.DISABLED, () -> cipher.decrypt(sample.stored, sample.associatedData));
        }
    }

    @Test
    void decrypt_afterClose_findsNoKey() throws Exception {
        LegacyCipher cipher = cipher(sunset);
        Sample sample = samples().get(0);
        cipher.close();
        cipher.close();
        assertThatThrownBy(() -> cipher.decrypt(sample.stored, sample.associatedData))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void texts_ofCipherAndRefusals_holdNoSecret() throws Exception {
        List<String> texts = new ArrayList<>();
        List<byte[]> secrets = new ArrayList<>(secrets());
        try (LegacyCipher cipher = cipher(sunset)) {
            texts.add(cipher.toString());
            for (Sample sample : samples()) {
                if (sample.plaintext.length > 4) {
                    secrets.add(sample.plaintext);
                }
                for (int bit = 0; bit < 8 * sample.stored.length; bit += 61) {
                    byte[] changed = Keks.flipped(sample.stored, bit);
                    texts.add(trace(catchThrowable(() -> cipher.decrypt(changed, sample.associatedData))));
                }
            }
        }
        assertThat(secrets).hasSizeGreaterThan(1);
        for (byte[] secret : secrets) {
            String latin = new String(secret, StandardCharsets.ISO_8859_1);
            String hex = HexFormat.of().formatHex(secret);
            assertThat(texts).noneMatch(text -> text.contains(latin) || text.contains(hex));
        }
    }

    /** Whether an {@link EnvelopeException} came, or what is not authenticated was changed and the plaintext was not. */
    private static boolean isRefused(LegacyCipher cipher, byte[] changed, Sample sample) {
        cipher.recognises(changed);
        byte[] plaintext;
        try {
            plaintext = cipher.decrypt(changed, sample.associatedData);
        } catch (EnvelopeException e) {
            assertThat(e.failure()).isNotNull();
            return true;
        }
        return Arrays.equals(plaintext, sample.plaintext);
    }

    private static String trace(Throwable thrown) {
        StringWriter out = new StringWriter();
        if (thrown != null) {
            thrown.printStackTrace(new PrintWriter(out));
        }
        return out.toString();
    }
}
