package dev.slipring.session.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.session.ForeignReading;
import dev.slipring.session.ForeignReading.Found;
import dev.slipring.session.ForeignReading.Refused;
import dev.slipring.session.RejectionReason;
import dev.slipring.session.SessionCookie;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Cookies that the frameworks themselves made; {@code src/test/oracles/record} has recorded them. */
class ForeignVectorsTest {

    @Test
    void everyVector_read_saysWhatWasSigned() {
        List<ForeignVector> vectors = ForeignVector.all();
        for (ForeignVector vector : vectors) {
            for (ForeignCodec codec : List.of(
                    vector.codec(vector.get("secret")),
                    vector.codec(ForeignVector.DECOY, vector.get("secret")),
                    vector.codec(vector.get("secret"), ForeignVector.DECOY))) {
                Found found = found(codec.read(vector.cookies()), vector);
                assertThat(found.payload()).as("%s", vector).isEqualTo(vector.payload());
                assertThat(found.issuedAt()).as("%s", vector).isEqualTo(vector.issuedAt());
                assertThat(found.expiresAt()).as("%s", vector).isEqualTo(vector.expiresAt());
            }
        }
        System.out.println("foreign vectors checked: " + vectors.size());
    }

    @Test
    void everyVector_readWithAnotherSecret_isBadlySigned() {
        for (ForeignVector vector : ForeignVector.all()) {
            assertThat(vector.codec(ForeignVector.DECOY).read(vector.cookies()))
                    .as("%s", vector)
                    .isEqualTo(new Refused(RejectionReason.BAD_SIGNATURE));
        }
    }

    @Test
    void vectors_coverEveryFormatAndItsForms() {
        assertThat(ForeignVector.all())
                .extracting(vector -> vector.codec(vector.get("secret")).name())
                .containsOnly(
                        "express",
                        "fastify",
                        "keygrip-sha1",
                        "keygrip-sha256",
                        "cookie-session-sha1",
                        "cookie-session-sha256",
                        "django-cookie",
                        "django-cookie-legacy",
                        "django-sessions",
                        "flask-sha1",
                        "rails-sha1",
                        "rails-sha256")
                .contains("express");
        assertThat(values("django-sessions")).anyMatch(value -> value.startsWith("."));
        assertThat(values("flask-sha1")).anyMatch(value -> value.startsWith("."));
        assertThat(values("django-cookie")).anyMatch(value -> value.startsWith("\""));
        assertThat(values("fastify")).anyMatch(value -> value.contains("/")).anyMatch(value -> value.contains("%2F"));
        for (String digest : List.of("sha1", "sha256")) {
            assertThat(vectors("rails-" + digest))
                    .extracting(vector -> vector.get("derivation"))
                    .contains("sha1", "sha256");
        }
    }

    @Test
    void newForm_ofDjango_alsoReadWhereLegacyIsAccepted() {
        for (ForeignVector vector : ForeignVector.in("django-cookie.json").toList()) {
            ForeignVector legacy = with(vector, "form", "legacy");
            found(legacy.codec(vector.get("secret")).read(vector.cookies()), vector);
        }
    }

    @Test
    void legacyForm_ofDjango_isBadlySignedWhereOnlyTheNewOneIsAccepted() {
        List<ForeignVector> vectors = ForeignVector.in("django-cookie.json")
                .filter(vector -> vector.get("form").equals("legacy"))
                .toList();
        assertThat(vectors).isNotEmpty();
        for (ForeignVector vector : vectors) {
            assertThat(with(vector, "form", "v2").codec(vector.get("secret")).read(vector.cookies()))
                    .isEqualTo(new Refused(RejectionReason.BAD_SIGNATURE));
        }
    }

    @Test
    void saltOfDjango_splitOtherwise_passesInTheLegacyFormOnly() {
        ForeignVector vector = ForeignVector.in("django-cookie.json")
                .filter(each -> each.get("salt").equals("s4lt"))
                .filter(each -> each.get("form").equals("legacy"))
                .findFirst()
                .orElseThrow();
        String header = vector.header().replace("signed_id=", "signed_ids4=");
        ForeignVector other = with(with(with(vector, "name", "signed_ids4"), "salt", "lt"), "cookie", header);
        found(other.codec(vector.get("secret")).read(other.cookies()), vector);
        assertThat(with(other, "form", "v2").codec(vector.get("secret")).read(other.cookies()))
                .isEqualTo(new Refused(RejectionReason.BAD_SIGNATURE));
    }

    @Test
    void cookiesOfRails_marshalledOrWithoutPurpose_areMalformed() {
        List<ForeignVector> vectors = ForeignVector.in("rails-refused.json").toList();
        assertThat(vectors).hasSize(2);
        for (ForeignVector vector : vectors) {
            assertThat(vector.codec(vector.get("secret")).read(vector.cookies()))
                    .isEqualTo(new Refused(RejectionReason.MALFORMED));
        }
    }

    @Test
    void payloads_issuedHere_areTheFrameworksOwnCookies() {
        for (ForeignVector vector : vectors("express", "keygrip-sha256")) {
            if (issuable(vector)) {
                assertThat(sent(issuer(vector).issue(vector.text()))).isEqualTo(vector.header());
            }
        }
        for (ForeignVector vector : vectors("fastify")) {
            String header = sent(issuer(vector).issue(vector.text()));
            assertThat(header.equals(vector.header()) || !vector.header().contains("%"))
                    .as("%s", vector)
                    .isTrue();
            ForeignVector issued = with(vector, "cookie", header);
            assertThat(found(vector.codec(vector.get("secret")).read(issued.cookies()), issued)
                            .payload())
                    .isEqualTo(vector.payload());
        }
    }

    static Found found(ForeignReading reading, ForeignVector vector) {
        assertThat(reading).as("%s", vector).isInstanceOf(Found.class);
        return (Found) reading;
    }

    static ForeignIssuer issuer(ForeignVector vector) {
        SessionCookie cookie = SessionCookie.named(vector.name()).build();
        ForeignIssuer.Builder builder = switch (vector.get("format")) {
            case "express" -> ForeignIssuer.express(cookie);
            case "fastify" -> ForeignIssuer.fastify(cookie);
            case "keygrip-sha256" -> ForeignIssuer.keygripSha256(cookie);
            default -> throw new IllegalArgumentException(vector.get("format"));
        };
        return builder.issuedWith(vector.get("secret")).life(ForeignVector.LIFE).build();
    }

    /** The {@code Cookie} header of a browser that was sent these {@code Set-Cookie} headers. */
    static String sent(List<String> headers) {
        return String.join(
                "; ",
                headers.stream()
                        .map(header -> header.substring(0, header.indexOf("; ")))
                        .toList());
    }

    static ForeignVector with(ForeignVector vector, String field, String value) {
        Map<String, String> fields = new HashMap<>(vector.fields());
        fields.put(field, value);
        return new ForeignVector(fields);
    }

    /** What a framework sends in a cookie's value although RFC 6265 has no room for it is not issued here. */
    private static boolean issuable(ForeignVector vector) {
        return vector.value().chars().noneMatch(c -> " \",\\".indexOf(c) >= 0);
    }

    private static List<ForeignVector> vectors(String... formats) {
        return ForeignVector.all().stream()
                .filter(vector -> Stream.of(formats).anyMatch(vector.get("format")::equals))
                .toList();
    }

    private static List<String> values(String format) {
        return vectors(format).stream().map(ForeignVector::value).toList();
    }
}
