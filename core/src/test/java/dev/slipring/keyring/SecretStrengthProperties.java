package dev.slipring.keyring;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class SecretStrengthProperties {

    @Property(tries = 20_000)
    void flaw_ofRandomBytes_isNone(@ForAll("random") byte[] bytes) {
        assertThat(flaw(bytes)).isEmpty();
    }

    @Property(tries = 5_000)
    void flaw_ofTextOfRandomBytes_isNone(@ForAll("random") byte[] bytes) {
        assertThat(flaw(Base64.getEncoder().encodeToString(bytes))).isEmpty();
        assertThat(flaw(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)))
                .isEmpty();
        assertThat(flaw(HexFormat.of().formatHex(bytes))).isEmpty();
        assertThat(flaw(HexFormat.of().withUpperCase().formatHex(bytes))).isEmpty();
    }

    @Property
    void flaw_ofPatternRepeated_isFoundAtEachLength(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 4) int period,
            @ForAll @IntRange(min = 8, max = 80) int length) {
        byte[] pattern = bytes(seed, period);
        byte[] value = new byte[length];
        for (int i = 0; i < length; i++) {
            value[i] = pattern[i % period];
        }
        assertThat(flaw(value)).isPresent();
    }

    @Property
    void flaw_ofSampleRepeatedToALength_isFound(
            @ForAll("sample") String sample, @ForAll @IntRange(min = 0, max = 60) int more) {
        String text = sample.repeat(60).substring(0, sample.length() + more);
        assertThat(flaw(text)).isPresent();
    }

    @Property
    void flaw_ofSampleFilledUpToALength_isFound(
            @ForAll("sample") String sample, @ForAll @IntRange(min = 0, max = 60) int more, @ForAll byte fill) {
        byte[] start = new byte[sample.length() + more];
        byte[] end = new byte[start.length];
        Arrays.fill(start, fill);
        Arrays.fill(end, fill);
        System.arraycopy(sample.getBytes(US_ASCII), 0, start, 0, sample.length());
        System.arraycopy(sample.getBytes(US_ASCII), 0, end, more, sample.length());
        assertThat(flaw(start)).isPresent();
        assertThat(flaw(end)).isPresent();
    }

    /** 32 bytes as a generator of secrets makes them; jqwik's own arrays dwell on the edges. */
    @Provide
    Arbitrary<byte[]> random() {
        return Arbitraries.randomValue(random -> bytes(random.nextLong(), 32));
    }

    @Provide
    Arbitrary<String> sample() {
        return Arbitraries.of(
                "keyboard cat",
                "changeme",
                "Secret",
                "your-256-bit-secret",
                "TEST_NON_DEV_SECRET",
                "dev",
                "0123456789");
    }

    private static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static Optional<String> flaw(String text) {
        return flaw(text.getBytes(US_ASCII));
    }

    private static Optional<String> flaw(byte[] bytes) {
        return SecretStrength.flaw(SecretValue.copyOf(bytes));
    }
}
