package dev.slipring.session.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.SecretValue;
import dev.slipring.session.ForeignReading;
import dev.slipring.session.ForeignReading.Absent;
import dev.slipring.session.ForeignReading.Found;
import dev.slipring.session.ForeignReading.Refused;
import dev.slipring.session.RejectionReason;
import dev.slipring.session.RequestCookies;
import dev.slipring.session.SessionCookie;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

class ForeignCodecTest {
    private static final String SECRET = "kq3f8aJ2mZp0xW7uTn51";
    private static final SessionCookie COOKIE = SessionCookie.named("sid").build();
    private static final Refused MALFORMED = new Refused(RejectionReason.MALFORMED);
    private static final Refused BAD_SIGNATURE = new Refused(RejectionReason.BAD_SIGNATURE);

    private final ForeignVector express = ForeignVector.first("express");
    private final ForeignCodec codec = express.codec(express.get("secret"));

    @Test
    void request_withoutTheCookie_hasNone() {
        for (ForeignVector vector : ForeignVector.all()) {
            ForeignCodec each = vector.codec(vector.get("secret"));
            assertThat(each.read(RequestCookies.parse("other=1; " + vector.name() + ".sig=x; " + vector.name())))
                    .isEqualTo(new Absent());
        }
    }

    @Test
    void cookie_ofAnotherLook_isMalformed() {
        for (ForeignVector vector : ForeignVector.all()) {
            ForeignCodec each = vector.codec(vector.get("secret"));
            for (String value :
                    List.of("", "x", "s1.x.y", ".", ":", "--", "\"", "\"\"", "%", "%73", "s%3A", "\ud834")) {
                assertThat(each.read(RequestCookies.parse(vector.name() + "=" + value)))
                        .as("%s: %s", each, value)
                        .isEqualTo(MALFORMED);
            }
        }
    }

    @Test
    void cookie_longerThan4096Characters_isMalformed() {
        String value = "x".repeat(5000);
        for (int length : new int[] {4096, 4097}) {
            String text = value.substring(0, length - 44);
            String token = text + "." + mac(DottedScheme.fastify(COOKIE), text);
            assertThat(token).hasSize(length);
            ForeignReading reading = untimed(ForeignFormats.fastify(COOKIE)).read(RequestCookies.parse("sid=" + token));
            assertThat(reading instanceof Found).isEqualTo(length == 4096);
        }
    }

    @Test
    void severalCookiesOfTheName_firstValidOne_wins() {
        ForeignVector other =
                ForeignVector.in("express.json").skip(4).findFirst().orElseThrow();
        assertThat(other.get("secret")).isEqualTo(express.get("secret"));
        String planted = express.name() + "=s%3Aplanted." + "A".repeat(43);
        RequestCookies cookies = RequestCookies.parse(List.of(planted + "; " + express.header(), other.header()));
        assertThat(found(codec.read(cookies)).payload()).isEqualTo(express.payload());
        assertThat(codec.read(RequestCookies.parse(planted + "; " + express.name() + "=x")))
                .isEqualTo(BAD_SIGNATURE);
        assertThat(codec.read(RequestCookies.parse(express.name() + "=x; " + planted)))
                .isEqualTo(MALFORMED);
    }

    @Test
    void signaturesOfKeygrip_amongPlantedOnes_areFoundUpToTheSixteenth() {
        ForeignVector vector = ForeignVector.first("keygrip-sha256");
        ForeignCodec keygrip = vector.codec(vector.get("secret"));
        String planted = "koa.sess=planted; koa.sess.sig=" + "A".repeat(43) + "; koa.sess.sig=misspelled; ";
        assertThat(found(keygrip.read(RequestCookies.parse(planted.repeat(15) + vector.header())))
                        .payload())
                .isEqualTo(vector.payload());
        assertThat(keygrip.read(RequestCookies.parse(planted.repeat(16) + vector.header())))
                .isEqualTo(BAD_SIGNATURE);
    }

    @Test
    void keygrip_withoutSignatureOrWithQuotesOrEmpty_isMalformed() {
        KeygripScheme scheme = KeygripScheme.of("keygrip-sha1", MacAlgorithm.SHA1, COOKIE, false);
        ForeignCodec keygrip = untimed(ForeignFormats.keygripSha1(COOKIE));
        assertThat(keygrip.read(RequestCookies.parse("sid=abc"))).isEqualTo(MALFORMED);
        for (String value : List.of("", "\"abc\"", "\u00e9", "a\u0001b")) {
            String signature = Base64Spelling.URL.encode(sign(scheme, "sid=" + value));
            assertThat(keygrip.read(RequestCookies.parse("sid=" + value + "; sid.sig=" + signature)))
                    .as(value)
                    .isEqualTo(MALFORMED);
        }
    }

    @Test
    void cookieSession_signedButNoBase64_isMalformed() {
        KeygripScheme scheme = KeygripScheme.of("cookie-session-sha1", MacAlgorithm.SHA1, COOKIE, true);
        for (String value : List.of("e30=", "e30", "e31=", "{}")) {
            String header = "sid=" + value + "; sid.sig=" + Base64Spelling.URL.encode(sign(scheme, "sid=" + value));
            ForeignReading reading =
                    untimed(ForeignFormats.cookieSessionSha1(COOKIE)).read(RequestCookies.parse(header));
            assertThat(reading instanceof Found).as(value).isEqualTo(value.equals("e30="));
        }
    }

    @Test
    void timeOfDjango_inAnotherSpelling_isMalformed() {
        DjangoScheme scheme = DjangoScheme.sessions(COOKIE);
        for (String text :
                List.of("e30:0", "e30:15ftgG", "e30:015ftgG", "e30:", "e30:-1", "e30:15ft_G", "e30:zzzzzzzz")) {
            ForeignReading reading =
                    timed(ForeignFormats.djangoSessions(COOKIE)).read(token(scheme, text, ":"));
            assertThat(reading instanceof Found).as(text).isEqualTo(text.equals("e30:0") || text.equals("e30:15ftgG"));
        }
        assertThat(found(timed(ForeignFormats.djangoSessions(COOKIE)).read(token(scheme, "e30:0", ":")))
                        .issuedAt())
                .isEqualTo(Instant.EPOCH);
    }

    @Test
    void saltOfDjango_withAnUnpairedSurrogate_isRefused() {
        assertThatThrownBy(() -> ForeignFormats.djangoCookie(COOKIE, "a\ud800"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cookie sid: a salt with an unpaired surrogate");
    }

    @Test
    void timeOfFlask_inAnotherSpelling_isMalformed() {
        FlaskScheme scheme = new FlaskScheme(COOKIE);
        for (String text : List.of("e30.O5rKAA", "e30.ADuaygA", "e30.", "e30.O5rKAB", "e30.AQAAAAAA", "e30")) {
            ForeignReading reading = timed(ForeignFormats.flaskSha1(COOKIE)).read(token(scheme, text, "."));
            assertThat(reading instanceof Found).as(text).isEqualTo(text.equals("e30.O5rKAA"));
        }
    }

    @Test
    void compressedPayload_overTheLimitOrDamaged_isMalformed() {
        int limit = PackedJson.MAX_INFLATED;
        assertThat(inflated(deflate(new byte[limit]))).isInstanceOf(Found.class);
        assertThat(inflated(deflate(new byte[limit + 1]))).isEqualTo(MALFORMED);
        assertThat(inflated(deflate(new byte[2_000_000]))).isEqualTo(MALFORMED);
        byte[] stream = deflate("{\"user\":7}".repeat(9).getBytes(StandardCharsets.US_ASCII));
        assertThat(inflated(stream)).isInstanceOf(Found.class);
        assertThat(inflated(Arrays.copyOf(stream, stream.length - 1))).isEqualTo(MALFORMED);
        assertThat(inflated(Arrays.copyOf(stream, stream.length + 1))).isEqualTo(MALFORMED);
        assertThat(inflated(new byte[0])).isEqualTo(MALFORMED);
        stream[stream.length - 1] ^= 1;
        assertThat(inflated(stream)).isEqualTo(MALFORMED);
        assertThat(inflated(dictionary())).isEqualTo(MALFORMED);
    }

    @Test
    void envelopeOfRails_onlyAsRailsMakesIt_isRead() {
        String message = "\"message\":\"NDI=\"";
        String purpose = "\"pur\":\"cookie.sid\"";
        assertThat(found(rails("{\"_rails\":{" + message + ",\"exp\":null," + purpose + "}}"))
                        .payload())
                .asString()
                .isEqualTo("42");
        assertThat(found(rails("{\"_rails\":{" + message + "," + purpose + "}}"))
                        .payload())
                .asString()
                .isEqualTo("42");
        for (String envelope : List.of(
                "{\"_rails\":{" + message + "}}",
                "{\"_rails\":{" + message + ",\"pur\":null}}",
                "{\"_rails\":{" + purpose + "}}",
                "{\"_rails\":{\"message\":\"NDJ=\"," + purpose + "}}",
                "{\"_rails\":{\"message\":42," + purpose + "}}",
                "{\"_rails\":{\"message\":\"\"," + purpose + "}}",
                "{\"_rails\":{\"message\":\"BAhpLw==\"," + purpose + "}}",
                "{\"_rails\":{\"message\":\"NDIgNDI=\"," + purpose + "}}",
                "{\"_rails\":{\"message\":\"W1sx\"," + purpose + "}}",
                "{\"_rails\":{" + message + "," + purpose + ",\"exp\":\"soon\"}}",
                "{\"_rails\":{" + message + "," + purpose + ",\"exp\":1900000000}}",
                "{\"_rails\":{" + message + "," + purpose + ",\"data\":\"x\"}}",
                "{\"_rails\":{" + message + "," + message + "," + purpose + "}}",
                "{\"_rails\":{" + message + "," + purpose + "},\"_rails\":{}}",
                "{\"_rails\":{" + message + "," + purpose + "}} {}",
                "{\"_rails\":{" + message + "," + purpose + "}",
                "{\"_rails\":{" + message + "," + purpose,
                "{\"_rails\":[]}",
                "{\"x\":{" + message + "," + purpose + "}}",
                "[]",
                "42",
                "")) {
            assertThat(rails(envelope)).as(envelope).isEqualTo(MALFORMED);
        }
        assertThat(rails("[".repeat(3000))).isEqualTo(MALFORMED);
    }

    @Test
    void cookieOfRails_forAnotherPurpose_isBadlySigned() {
        for (String purpose : List.of("cookie.other", "sid", "", "cookie.SID")) {
            assertThat(rails("{\"_rails\":{\"message\":\"NDI=\",\"exp\":null,\"pur\":\"" + purpose + "\"}}"))
                    .as(purpose)
                    .isEqualTo(BAD_SIGNATURE);
        }
    }

    @Test
    void endOfRails_beforeThatOfTheLife_isTheEnd() {
        String envelope = "{\"_rails\":{\"message\":\"NDI=\",\"exp\":\"%s\",\"pur\":\"cookie.sid\"}}";
        assertThat(found(rails(envelope.formatted("2026-01-05T00:00:00.000Z"))).expiresAt())
                .isEqualTo(Instant.parse("2026-01-05T00:00:00Z"));
        assertThat(found(rails(envelope.formatted("2036-01-05T00:00:00.000Z"))).expiresAt())
                .isEqualTo(ForeignVector.ASSUMED.plus(ForeignVector.LIFE));
        assertThat(found(rails(envelope.formatted("2001-01-05T00:00:00.000Z"))).expiresAt())
                .isEqualTo(Instant.parse("2001-01-05T00:00:00Z"));
    }

    @Test
    void lookup_ofTheApplication_saysWhenOrThatThereIsNoSuchSession() {
        Instant issuedAt = Instant.parse("2026-02-03T00:00:00Z");
        List<String> asked = new ArrayList<>();
        ForeignCodec.Builder builder =
                express.bare().sunset(ForeignVector.SUNSET).life(ForeignVector.LIFE);
        ForeignCodec known = builder.secret(express.get("secret"))
                .issuedAt(payload -> {
                    asked.add(new String(payload, StandardCharsets.UTF_8));
                    payload[0] = 0;
                    return Optional.of(issuedAt);
                })
                .build();
        Found found = found(known.read(express.cookies()));
        assertThat(found.issuedAt()).isEqualTo(issuedAt);
        assertThat(found.expiresAt()).isEqualTo(issuedAt.plus(ForeignVector.LIFE));
        assertThat(found.payload()).isEqualTo(express.payload());
        known.read(RequestCookies.parse(express.name() + "=s%3Ax." + "A".repeat(43)));
        assertThat(asked).containsExactly(express.text());

        ForeignCodec unknown = express.bare()
                .sunset(ForeignVector.SUNSET)
                .life(ForeignVector.LIFE)
                .secret(express.get("secret"))
                .issuedAt(payload -> Optional.empty())
                .build();
        assertThat(unknown.read(express.cookies())).isEqualTo(new Refused(RejectionReason.EXPIRED));
    }

    @Test
    void codec_saysWhatItWasBuiltWith() {
        ForeignVector vector = ForeignVector.first("keygrip-sha1");
        ForeignCodec keygrip = vector.codec(SECRET, ForeignVector.DECOY);
        assertThat(keygrip.name()).isEqualTo("keygrip-sha1");
        assertThat(keygrip.sunset()).isEqualTo(ForeignVector.SUNSET);
        assertThat(keygrip.life()).isEqualTo(ForeignVector.LIFE);
        assertThat(keygrip.cookies())
                .extracting(SessionCookie::end)
                .containsExactly(
                        "koa.sess=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax",
                        "koa.sess.sig=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax");
        assertThat(codec.cookies()).extracting(SessionCookie::name).containsExactly(express.name());
        assertThat(keygrip.isKeyedBy(SecretValue.copyOf(SECRET.getBytes(StandardCharsets.UTF_8))))
                .isTrue();
        assertThat(keygrip.isKeyedBy(SecretValue.copyOf((SECRET + "x").getBytes(StandardCharsets.UTF_8))))
                .isFalse();
    }

    @Test
    void secret_givenAsBytes_isCopiedAndAnswersToTheText() {
        byte[] bytes = express.get("secret").getBytes(StandardCharsets.UTF_8);
        ForeignCodec byBytes = express.prepared().secret(bytes).build();
        Arrays.fill(bytes, (byte) 0);
        assertThat(found(byBytes.read(express.cookies())).payload()).isEqualTo(express.payload());
    }

    @Test
    void codec_onceWiped_readsNothing() {
        for (ForeignVector vector : ForeignVector.all()) {
            ForeignCodec wiped = vector.codec(vector.get("secret"));
            wiped.wipe();
            wiped.wipe();
            assertThatThrownBy(() -> wiped.read(vector.cookies())).isInstanceOf(IllegalStateException.class);
            assertThat(wiped.isKeyedBy(SecretValue.copyOf(vector.get("secret").getBytes(StandardCharsets.UTF_8))))
                    .isFalse();
        }
    }

    @Test
    void builder_withoutWhatIsRequired_refuses() {
        ForeignCodec.Builder bare = ForeignFormats.express(COOKIE);
        refuses(bare, "express, cookie sid: at least one secret is required");
        refuses(bare.secret(SECRET), "express, cookie sid: a sunset is required");
        bare.sunset(ForeignVector.SUNSET);
        refuses(bare, "express, cookie sid: at least one secret is required");
        refuses(bare.secret(SECRET), "express, cookie sid: the longest life of a session is required");
        bare.life(ForeignVector.LIFE);
        refuses(
                bare.secret(SECRET),
                "express, cookie sid: its cookies do not say when they were issued: assumeIssuedAt or issuedAt is"
                        + " required");
        bare.assumeIssuedAt(ForeignVector.ASSUMED).issuedAt(payload -> Optional.empty());
        refuses(bare.secret(SECRET), "express, cookie sid: assumeIssuedAt and issuedAt exclude each other");
    }

    @Test
    void builder_whoseCookiesSayTheTime_refusesToAssumeIt() {
        String message = "its cookies say when they were issued; nothing may be assumed";
        for (String format : List.of("django-cookie", "django-sessions", "flask-sha1")) {
            ForeignVector vector = ForeignVector.first(format);
            refuses(vector.prepared().secret(SECRET).assumeIssuedAt(ForeignVector.ASSUMED), message);
            refuses(vector.prepared().secret(SECRET).issuedAt(payload -> Optional.empty()), message);
        }
        for (ForeignVector vector : ForeignVector.all()) {
            if (!vector.fields().containsKey("issuedAt")) {
                refuses(
                        vector.bare()
                                .secret(SECRET)
                                .sunset(ForeignVector.SUNSET)
                                .life(ForeignVector.LIFE),
                        "assumeIssuedAt or issuedAt is required");
            }
        }
    }

    @Test
    void life_outOfRange_isRefused() {
        ForeignCodec.Builder builder = ForeignFormats.express(COOKIE);
        for (Duration life : List.of(
                Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(400).plusNanos(1))) {
            assertThatThrownBy(() -> builder.life(life))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("express, cookie sid: life " + life);
        }
        builder.life(Duration.ofDays(400)).life(Duration.ofNanos(1));
    }

    @Test
    void secret_thatIsNone_isRefused() {
        for (ForeignVector vector : ForeignVector.all()) {
            ForeignCodec.Builder builder = vector.prepared();
            for (String weak :
                    List.of("", "keyboard cat", "0123456789abcde", "aaaaaaaaaaaaaaaaaaaa", "changemechangeme")) {
                assertThatThrownBy(() -> builder.secret(weak))
                        .as(weak)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith(vector.codec(SECRET).name() + ", cookie " + vector.name());
            }
            assertThatThrownBy(() -> builder.secret(SECRET + "\ud800")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> builder.secret(SECRET).secret(SECRET.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the same secret twice");
        }
        byte[] binary = HexFormat.of().parseHex("ff00c3a9".repeat(3) + "0123456789abcdef");
        assertThatThrownBy(() -> ForeignFormats.railsSha1(COOKIE).secret(binary))
                .hasMessageContaining("no text in UTF-8");
        ForeignFormats.express(COOKIE).secret(binary);
    }

    @Test
    void secretOfDjango_markedAsOneForDevelopment_isJudgedByTheRest() {
        String marked = "django-insecure-" + SECRET;
        timed(ForeignFormats.djangoSessions(COOKIE).secret(marked), ForeignVector.DECOY);
        assertThatThrownBy(() -> ForeignFormats.express(COOKIE).secret(marked))
                .hasMessageContaining("django-insecure-");
        for (String rest : List.of("", "0123456789abcde", "aaaaaaaaaaaaaaaaaaaa")) {
            assertThatThrownBy(() -> ForeignFormats.djangoCookie(COOKIE, "").secret("django-insecure-" + rest))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static void refuses(ForeignCodec.Builder builder, String message) {
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(message);
    }

    private static Found found(ForeignReading reading) {
        assertThat(reading).isInstanceOf(Found.class);
        return (Found) reading;
    }

    private static ForeignCodec untimed(ForeignCodec.Builder builder) {
        return timed(builder.assumeIssuedAt(ForeignVector.ASSUMED));
    }

    private static ForeignCodec timed(ForeignCodec.Builder builder) {
        return timed(builder, SECRET);
    }

    private static ForeignCodec timed(ForeignCodec.Builder builder, String secret) {
        return builder.secret(secret)
                .sunset(ForeignVector.SUNSET)
                .life(ForeignVector.LIFE)
                .build();
    }

    private static byte[] sign(Scheme scheme, String text) {
        byte[] key = scheme.keys(SECRET.getBytes(StandardCharsets.UTF_8)).get(0);
        return MacKey.consuming(key, scheme.algorithm()).sign(text);
    }

    private static String mac(DottedScheme scheme, String text) {
        return Base64Spelling.BARE.encode(sign(scheme, text));
    }

    private static RequestCookies token(Scheme scheme, String text, String separator) {
        return RequestCookies.parse("sid=" + text + separator + Base64Spelling.URL.encode(sign(scheme, text)));
    }

    private static ForeignReading rails(String envelope) {
        String text = Base64Spelling.PADDED.encode(envelope.getBytes(StandardCharsets.UTF_8));
        String token = text + "--" + HexFormat.of().formatHex(sign(RailsScheme.sha256(COOKIE), text));
        return untimed(ForeignFormats.railsSha256(COOKIE))
                .read(RequestCookies.parse("sid=" + PercentSpelling.encode(token)));
    }

    private static ForeignReading inflated(byte[] stream) {
        String text = "." + Base64Spelling.URL.encode(stream) + ".O5rKAA";
        return timed(ForeignFormats.flaskSha1(COOKIE)).read(token(new FlaskScheme(COOKIE), text, "."));
    }

    private static byte[] deflate(byte[] content) {
        return finished(new Deflater(9), content);
    }

    private static byte[] dictionary() {
        Deflater deflater = new Deflater();
        deflater.setDictionary("user".getBytes(StandardCharsets.US_ASCII));
        return finished(deflater, "{\"user\":7}".getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] finished(Deflater deflater, byte[] content) {
        deflater.setInput(content);
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return out.toByteArray();
    }
}
