package dev.slipring.session.foreign;

import dev.slipring.session.RequestCookies;
import dev.slipring.session.SessionCookie;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A cookie that another framework made, and what is in it. */
record ForeignVector(Map<String, String> fields) {
    static final Instant ASSUMED = Instant.parse("2026-01-02T03:04:05Z");
    static final Instant SUNSET = Instant.parse("2027-01-01T00:00:00Z");
    static final Duration LIFE = Duration.ofDays(14);
    static final String DECOY = "d1f6b0c3-no-cookie-was-signed-with-it";

    private static final List<String> FILES = List.of(
            "express.json",
            "fastify.json",
            "keygrip.json",
            "cookie-session.json",
            "django-cookie.json",
            "django-sessions.json",
            "flask.json",
            "rails.json");

    static List<ForeignVector> all() {
        return FILES.stream().flatMap(ForeignVector::in).toList();
    }

    static ForeignVector first(String format) {
        return all().stream()
                .filter(vector -> vector.get("format").equals(format))
                .findFirst()
                .orElseThrow();
    }

    static Stream<ForeignVector> in(String file) {
        try (InputStream in = ForeignVector.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new FileNotFoundException(file);
            }
            return FlatJson.readAll(new InputStreamReader(in, StandardCharsets.UTF_8)).stream()
                    .map(ForeignVector::new);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String get(String field) {
        String value = fields.get(field);
        if (value == null) {
            throw new IllegalStateException(fields + " has no " + field);
        }
        return value;
    }

    String name() {
        return get("name");
    }

    byte[] payload() {
        return HexFormat.of().parseHex(get("payload"));
    }

    String text() {
        return new String(payload(), StandardCharsets.UTF_8);
    }

    /** The header as it is sent back. */
    String header() {
        return get("cookie");
    }

    RequestCookies cookies() {
        return RequestCookies.parse(header());
    }

    /** The value of the cookie that holds the session. */
    String value() {
        return cookies().values(name()).get(0);
    }

    Instant issuedAt() {
        return fields.containsKey("issuedAt") ? Instant.ofEpochSecond(Long.parseLong(get("issuedAt"))) : ASSUMED;
    }

    Instant expiresAt() {
        Instant end = issuedAt().plus(LIFE);
        if (!fields.containsKey("expires")) {
            return end;
        }
        Instant own = Instant.ofEpochSecond(Long.parseLong(get("expires")));
        return own.isBefore(end) ? own : end;
    }

    ForeignCodec codec(String... secrets) {
        ForeignCodec.Builder builder = prepared();
        for (String secret : secrets) {
            builder.secret(secret);
        }
        return builder.build();
    }

    /** All but the secret. */
    ForeignCodec.Builder prepared() {
        ForeignCodec.Builder builder = bare().sunset(SUNSET).life(LIFE);
        return fields.containsKey("issuedAt") ? builder : builder.assumeIssuedAt(ASSUMED);
    }

    ForeignCodec.Builder bare() {
        SessionCookie cookie = SessionCookie.named(name()).build();
        return switch (get("format")) {
            case "express" -> ForeignFormats.express(cookie);
            case "fastify" -> ForeignFormats.fastify(cookie);
            case "keygrip-sha1" -> ForeignFormats.keygripSha1(cookie);
            case "keygrip-sha256" -> ForeignFormats.keygripSha256(cookie);
            case "cookie-session-sha1" -> ForeignFormats.cookieSessionSha1(cookie);
            case "cookie-session-sha256" -> ForeignFormats.cookieSessionSha256(cookie);
            case "django-cookie" ->
                get("form").equals("legacy")
                        ? ForeignFormats.djangoCookieWithLegacySalt(cookie, get("salt"))
                        : ForeignFormats.djangoCookie(cookie, get("salt"));
            case "django-sessions" -> ForeignFormats.djangoSessions(cookie);
            case "flask-sha1" -> ForeignFormats.flaskSha1(cookie);
            case "rails-sha1" -> ForeignFormats.railsSha1(cookie);
            case "rails-sha256" -> ForeignFormats.railsSha256(cookie);
            default -> throw new IllegalArgumentException(get("format"));
        };
    }
}
