package dev.slipring.apikey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.apikey.WebhookVerification.Reason;
import dev.slipring.apikey.WebhookVerification.Rejected;
import dev.slipring.apikey.WebhookVerification.Valid;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.constraints.UniqueElements;

class WebhookVerifierProperties {
    private static final int SECOND = 1_000_000_000;

    /** A format with its signing side, which shares no code with the verifier. */
    enum Sender {
        STRIPE {
            @Override
            WebhookVerifier.Builder verifier(FakeSecret secret) {
                return WebhookVerifier.stripe(secret.rotating());
            }

            @Override
            Map<String, String> headers(byte[] key, String id, long sent, byte[] body) {
                String code = HexFormat.of().formatHex(code(key, sent + ".", body));
                return new TreeMap<>(Map.of("Stripe-Signature", "t=" + sent + ",v1=" + code));
            }
        },
        GITHUB {
            @Override
            WebhookVerifier.Builder verifier(FakeSecret secret) {
                return WebhookVerifier.github(secret.rotating());
            }

            @Override
            Map<String, String> headers(byte[] key, String id, long sent, byte[] body) {
                String code = HexFormat.of().formatHex(code(key, "", body));
                return new TreeMap<>(Map.of("X-Hub-Signature-256", "sha256=" + code));
            }
        },
        STANDARD {
            @Override
            WebhookVerifier.Builder verifier(FakeSecret secret) {
                return WebhookVerifier.standard(secret.rotating());
            }

            @Override
            byte[] secret(byte[] key) {
                return ("whsec_" + Base64.getEncoder().encodeToString(key)).getBytes(UTF_8);
            }

            @Override
            Map<String, String> headers(byte[] key, String id, long sent, byte[] body) {
                String code = Base64.getEncoder().encodeToString(code(key, id + "." + sent + ".", body));
                return new TreeMap<>(Map.of(
                        "webhook-id",
                        id,
                        "webhook-timestamp",
                        String.valueOf(sent),
                        "webhook-signature",
                        "v1," + code));
            }
        };

        abstract WebhookVerifier.Builder verifier(FakeSecret secret);

        abstract Map<String, String> headers(byte[] key, String id, long sent, byte[] body);

        byte[] secret(byte[] key) {
            return key;
        }

        Valid valid(int version, String id, long sent) {
            return new Valid(
                    version,
                    this == GITHUB ? Optional.empty() : Optional.of(Instant.ofEpochSecond(sent)),
                    this == STANDARD ? Optional.of(id) : Optional.empty());
        }

        private static byte[] code(byte[] key, String start, byte[] body) {
            try {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(key, "HmacSHA256"));
                mac.update(start.getBytes(UTF_8));
                return mac.doFinal(body);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Provide
    static Arbitrary<byte[]> keys() {
        return Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(80);
    }

    @Provide
    static Arbitrary<byte[]> bodies() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(300);
    }

    @Provide
    static Arbitrary<String> ids() {
        return Arbitraries.strings()
                .withCharRange('!', '~')
                .excludeChars('.')
                .ofMinLength(1)
                .ofMaxLength(60);
    }

    private static FakeSecret secret(Sender sender, byte[] key) {
        return FakeSecret.create("shop.webhook", ManualClock.at("2030-01-01T00:00:00Z"), sender.secret(key));
    }

    // ---- what is right

    @Property
    void signed_withAnyAcceptedSecret_isValid(
            @ForAll Sender sender,
            @ForAll @Size(min = 1, max = 4) @UniqueElements
                    List<@StringLength(min = 1, max = 60) @CharRange(from = ' ', to = '~') String> keys,
            @ForAll @IntRange(max = 3) int chosen,
            @ForAll("bodies") byte[] body,
            @ForAll("ids") String id,
            @ForAll @LongRange(max = 99_999_999_999L) long sent) {
        byte[] first = keys.get(0).getBytes(UTF_8);
        int signer = chosen % keys.size();
        try (FakeSecret secret = secret(sender, first)) {
            keys.stream().skip(1).forEach(key -> secret.rotate(sender.secret(key.getBytes(UTF_8))));
            WebhookVerifier verifier = sender.verifier(secret)
                    .clock(() -> Instant.ofEpochSecond(sent))
                    .build();
            Map<String, String> headers = sender.headers(keys.get(signer).getBytes(UTF_8), id, sent, body);
            assertThat(verifier.verify(headers::get, body)).isEqualTo(sender.valid(signer + 1, id, sent));
        }
    }

    // ---- what is not

    @Property
    void bodyChangedInAByte_isABadSignature(
            @ForAll Sender sender,
            @ForAll("keys") byte[] key,
            @ForAll("bodies") byte[] body,
            @ForAll @IntRange(max = 299) int at,
            @ForAll byte change) {
        byte[] changed = body.clone();
        if (body.length == 0 || change == 0) {
            changed = Arrays.copyOf(body, body.length + 1); // longer by a zero
        } else {
            changed[at % body.length] ^= change;
        }
        assertThat(verify(sender, key, sender.headers(key, "msg_1", 1_900_000_000, body), changed))
                .isEqualTo(new Rejected(Reason.BAD_SIGNATURE));
    }

    /** Puts a character into a header, takes one out or replaces one: none of it is an accepted spelling. */
    @Property(tries = 1000)
    void headerChangedInACharacter_isRejected(
            @ForAll Sender sender,
            @ForAll("ids") String id,
            @ForAll @IntRange(max = 2) int which,
            @ForAll @IntRange(max = 200) int place,
            @ForAll @IntRange(max = 2) int edit,
            @ForAll char character) {
        byte[] key = {1, 2, 3};
        byte[] body = {4, 5};
        Map<String, String> headers = sender.headers(key, id, 1_900_000_000, body);
        String name = List.copyOf(headers.keySet()).get(which % headers.size());
        String value = headers.get(name);
        int at = place % value.length();
        String changed = value.substring(0, at)
                + (edit == 0 ? "" : String.valueOf(character))
                + value.substring(edit == 1 ? at : at + 1);
        headers.put(name, changed);
        if (changed.equals(value)) {
            assertThat(verify(sender, key, headers, body)).isInstanceOf(Valid.class);
        } else {
            assertThat(verify(sender, key, headers, body)).isInstanceOf(Rejected.class);
        }
    }

    @Property(tries = 1000)
    void headersOfAnything_areRejectedAndNeverThrow(
            @ForAll Sender sender, @ForAll String one, @ForAll String two, @ForAll String three) {
        byte[] key = {1, 2, 3};
        List<String> values = List.of(one, two, three);
        Map<String, String> headers = sender.headers(key, "msg_1", 1_900_000_000, new byte[0]);
        int next = 0;
        for (Map.Entry<String, String> each : headers.entrySet()) {
            each.setValue(values.get(next++));
        }
        assertThat(verify(sender, key, headers, new byte[0])).isEqualTo(new Rejected(Reason.MALFORMED));
        headers.remove(headers.keySet().iterator().next());
        assertThat(verify(sender, key, headers, new byte[0])).isEqualTo(new Rejected(Reason.MISSING_HEADER));
    }

    private static WebhookVerification verify(Sender sender, byte[] key, Map<String, String> headers, byte[] body) {
        try (FakeSecret secret = secret(sender, key)) {
            return sender.verifier(secret)
                    .clock(() -> Instant.ofEpochSecond(1_900_000_000))
                    .tolerance(Duration.ofDays(1))
                    .build()
                    .verify(headers::get, body);
        }
    }

    // ---- time

    @Property
    void time_withinTheTolerance_isValidAndASecondBeyondItIsNot(
            @ForAll("timed") Sender sender,
            @ForAll @IntRange(min = 1, max = 86_400) int tolerance,
            @ForAll @IntRange(max = SECOND - 1) int nanos) {
        long sent = 1_900_000_000;
        byte[] key = {1};
        Instant[] now = new Instant[1];
        try (FakeSecret secret = secret(sender, key)) {
            WebhookVerifier verifier = sender.verifier(secret)
                    .clock(() -> now[0])
                    .tolerance(Duration.ofSeconds(tolerance))
                    .build();
            Map<String, String> headers = sender.headers(key, "msg_1", sent, key);
            for (int off : new int[] {-tolerance, 0, tolerance}) {
                now[0] = Instant.ofEpochSecond(sent + off, nanos);
                assertThat(verifier.verify(headers::get, key)).isInstanceOf(Valid.class);
            }
            now[0] = Instant.ofEpochSecond(sent + tolerance + 1);
            assertThat(verifier.verify(headers::get, key)).isEqualTo(new Rejected(Reason.EXPIRED));
            now[0] = Instant.ofEpochSecond(sent - tolerance).minusNanos(1 + (long) nanos);
            assertThat(verifier.verify(headers::get, key)).isEqualTo(new Rejected(Reason.FUTURE));
        }
    }

    /** However far apart two deliveries of the same are: if both are in time, only the first is valid. */
    @Property
    void replay_thatIsInTime_isRejected(
            @ForAll("timed") Sender sender,
            @ForAll @IntRange(min = 1, max = 300) int tolerance,
            @ForAll("moments") double one,
            @ForAll("moments") double two) {
        long sent = 1_900_000_000;
        byte[] key = {1};
        long begin = -tolerance * (long) SECOND;
        long span = (2L * tolerance + 1) * SECOND - 1;
        Instant[] now = new Instant[1];
        try (FakeSecret secret = secret(sender, key)) {
            WebhookVerifier verifier = sender.verifier(secret)
                    .clock(() -> now[0])
                    .tolerance(Duration.ofSeconds(tolerance))
                    .refuseReplays(Duration.ofSeconds(2L * tolerance), 10)
                    .build();
            Map<String, String> headers = sender.headers(key, "msg_1", sent, key);
            now[0] = Instant.ofEpochSecond(sent, begin + (long) (span * Math.min(one, two)));
            assertThat(verifier.verify(headers::get, key)).isInstanceOf(Valid.class);
            now[0] = Instant.ofEpochSecond(sent, begin + (long) (span * Math.max(one, two)));
            assertThat(verifier.verify(headers::get, key)).isEqualTo(new Rejected(Reason.REPLAYED));
        }
    }

    @Provide
    static Arbitrary<Sender> timed() {
        return Arbitraries.of(Sender.STRIPE, Sender.STANDARD);
    }

    /** From the first moment, 0, to the last, 1; often one of these. */
    @Provide
    static Arbitrary<Double> moments() {
        return Arbitraries.oneOf(
                Arbitraries.of(0.0, 1.0), Arbitraries.doubles().between(0, 1).ofScale(6));
    }
}
