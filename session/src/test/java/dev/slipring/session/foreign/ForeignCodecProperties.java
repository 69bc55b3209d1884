package dev.slipring.session.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.session.ForeignReading.Found;
import dev.slipring.session.RequestCookies;
import dev.slipring.session.SessionCookie;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class ForeignCodecProperties {
    private static final String SECRET = "kq3f8aJ2mZp0xW7uTn51";
    private static final List<ForeignVector> VECTORS = new ArrayList<>();
    private static final List<ForeignCodec> CODECS = new ArrayList<>();

    static {
        for (ForeignVector vector : ForeignVector.all()) {
            if (VECTORS.stream().noneMatch(known -> known.get("format").equals(vector.get("format")))) {
                VECTORS.add(vector);
                CODECS.add(vector.codec(vector.get("secret")));
            }
        }
    }

    @Property(tries = 2000)
    void anyText_asHeaderOrValue_neverFailsAndIsNeverFound(@ForAll @StringLength(max = 300) String text) {
        for (int i = 0; i < CODECS.size(); i++) {
            String name = VECTORS.get(i).name();
            for (String header : List.of(text, name + "=" + text, name + "=" + text + "; " + name + ".sig=" + text)) {
                assertThat(CODECS.get(i).read(RequestCookies.parse(header))).isNotInstanceOf(Found.class);
            }
        }
    }

    @Property(tries = 2000)
    void anyLikelyText_asValue_neverFailsAndIsNeverFound(@ForAll("likely") String text) {
        for (int i = 0; i < CODECS.size(); i++) {
            ForeignVector vector = VECTORS.get(i);
            String tail = vector.value().substring(vector.value().length() / 2);
            for (String value : List.of(text, text + tail)) {
                assertThat(CODECS.get(i).read(RequestCookies.parse(vector.name() + "=" + value)))
                        .isNotInstanceOf(Found.class);
            }
        }
    }

    @Property
    void anyValue_issued_isReadAsItWas(@ForAll @StringLength(max = 200) String value) {
        Assume.that(StandardCharsets.UTF_8.newEncoder().canEncode(value));
        SessionCookie cookie = SessionCookie.named("sid").build();
        assertThat(roundTrip(ForeignIssuer.express(cookie), ForeignFormats.express(cookie), value))
                .isEqualTo(value);
        assertThat(roundTrip(ForeignIssuer.fastify(cookie), ForeignFormats.fastify(cookie), value))
                .isEqualTo(value);
    }

    @Property
    void anyTokenCharacters_issuedForKeygrip_areReadAsTheyWere(@ForAll("token") String value) {
        SessionCookie cookie = SessionCookie.named("sid").build();
        assertThat(roundTrip(ForeignIssuer.keygripSha256(cookie), ForeignFormats.keygripSha256(cookie), value))
                .isEqualTo(value);
    }

    @Property
    void anyText_percentEncoded_comesBackFromThisAndTheJdksDecoder(@ForAll @StringLength(max = 60) String text) {
        Assume.that(StandardCharsets.UTF_8.newEncoder().canEncode(text));
        String spelling = PercentSpelling.encode(text);
        assertThat(spelling).matches("([A-Za-z0-9_.!~*'()-]|%[0-9A-F]{2})*");
        assertThat(PercentSpelling.decode(spelling)).isEqualTo(text);
        assertThat(URLDecoder.decode(spelling, StandardCharsets.UTF_8)).isEqualTo(text);
    }

    @Property(tries = 5000)
    void anySpelling_thatPercentDecodes_isTheOneOfItsText(@ForAll("percents") String spelling) {
        String text = PercentSpelling.decode(spelling);
        if (text != null) {
            assertThat(PercentSpelling.encode(text)).isEqualTo(spelling);
        }
    }

    @Property(tries = 5000)
    void anyQuoting_thatIsRead_isHarmless(@ForAll("quotings") String spelling) {
        String text = PythonQuoting.decode(spelling);
        if (text != null && !spelling.startsWith("\"")) {
            assertThat(text).isEqualTo(spelling).matches("[A-Za-z0-9!#$%&'*+.^_`|~:-]*");
        } else if (text != null) {
            assertThat(spelling)
                    .matches("\"([A-Za-z0-9!#$%&'*+.^_`|~: ()/<=>?@\\[\\]{}-]|\\\\[\"\\\\]|\\\\[0-3][0-7]{2})*\"");
            assertThat(text).doesNotMatch("[A-Za-z0-9!#$%&'*+.^_`|~:-]+");
        }
    }

    @Property
    void anyBytes_inEachBase64_comeBack(@ForAll @Size(max = 100) byte[] bytes) {
        for (Base64Spelling spelling : List.of(Base64Spelling.PADDED, Base64Spelling.BARE, Base64Spelling.URL)) {
            assertThat(spelling.decode(spelling.encode(bytes))).isEqualTo(bytes);
            assertThat(spelling.decode(spelling.encode(bytes), bytes.length)).isEqualTo(bytes);
            assertThat(spelling.decode(spelling.encode(bytes), bytes.length + 1))
                    .isNull();
        }
    }

    @Provide
    Arbitrary<String> likely() {
        return Arbitraries.strings().withChars("abzAZ019-_.=+/:%;\" \\&s").ofMaxLength(120);
    }

    @Provide
    Arbitrary<String> token() {
        return Arbitraries.strings()
                .withChars("abyzABYZ0189!#$%&'()*+-./:<=>?@[]^_`{|}~")
                .ofMinLength(1)
                .ofMaxLength(200);
    }

    @Provide
    Arbitrary<String> percents() {
        return Arbitraries.of(
                        "%C3",
                        "%A9", "%c3", "%E2", "%98", "%83", "%41", "%2F", "%", "%4", "a", "~", "/", "%00", "%ED%A0%80")
                .list()
                .ofMaxSize(6)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> quotings() {
        return Arbitraries.of(
                        "\"", "\\", "\\\"", "\\\\", "\\351", "\\141", "\\400", "\\07", "a", " ", ":", ",", "\u00e9",
                        "\u0141")
                .list()
                .ofMaxSize(6)
                .map(parts -> String.join("", parts))
                .flatMap(text -> Arbitraries.of(text, "\"" + text + "\""));
    }

    private static String roundTrip(ForeignIssuer.Builder issuer, ForeignCodec.Builder codec, String value) {
        List<String> headers =
                issuer.issuedWith(SECRET).life(Duration.ofHours(1)).build().issue(value);
        ForeignCodec built = codec.secret(SECRET)
                .sunset(ForeignVector.SUNSET)
                .life(ForeignVector.LIFE)
                .assumeIssuedAt(ForeignVector.ASSUMED)
                .build();
        Found found = (Found) built.read(RequestCookies.parse(ForeignVectorsTest.sent(headers)));
        return new String(found.payload(), StandardCharsets.UTF_8);
    }
}
