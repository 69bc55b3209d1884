package dev.slipring.session.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.session.ForeignReading.Found;
import dev.slipring.session.SessionCookie;
import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Nothing that ends up in a log shows a secret, a key, a cookie's value or what it carries. */
class ForeignLeakageTest {
    private static final String SECRET = "kq3f8aJ2mZp0xW7uTn51";
    private static final SessionCookie COOKIE = SessionCookie.named("sid").build();

    @Test
    void stringForms_ofEverything_showNoMaterial() {
        for (ForeignVector vector : ForeignVector.all()) {
            if (vector.payload().length < 8) {
                continue;
            }
            ForeignCodec codec = vector.codec(vector.get("secret"));
            Found found = (Found) codec.read(vector.cookies());
            byte[] secret = vector.get("secret").getBytes(StandardCharsets.UTF_8);
            Scheme scheme = DottedScheme.express(COOKIE);
            List<Object> printed = List.of(
                    codec,
                    codec.cookies(),
                    found,
                    vector.cookies(),
                    vector.prepared().secret(secret),
                    ForeignSecret.of(scheme, secret),
                    MacKey.consuming(secret.clone(), MacAlgorithm.SHA256),
                    new Candidate(vector.text(), List.of(secret)),
                    new Terms(ForeignVector.LIFE, payload -> Optional.empty()));
            for (Object each : printed) {
                assertHarmless(each.toString(), vector.get("secret"), vector.text(), vector.value());
            }
            assertThat(codec.toString()).contains(codec.name(), vector.name(), "1 secrets", "2027-01-01");
        }
    }

    @Test
    void issuer_printed_showsNoMaterial() {
        ForeignIssuer.Builder builder =
                ForeignIssuer.express(COOKIE).issuedWith(SECRET).life(Duration.ofHours(1));
        assertHarmless(builder.toString(), SECRET);
        assertThat(builder.build().toString()).isEqualTo("ForeignIssuer[express, cookie sid, life PT1H]");
    }

    @Test
    void messages_ofEveryRefusal_showNoMaterial() {
        String weak = "keyboard cat";
        String doubled = "changemechangeme";
        ForeignIssuer issuer = ForeignIssuer.keygripSha256(COOKIE)
                .issuedWith(SECRET)
                .life(Duration.ofHours(1))
                .build();
        ForeignCodec wiped = ForeignVector.first("express").codec(SECRET);
        wiped.wipe();
        String value = "anna@example.org";
        byte[] binary = (SECRET + "\u00ff").getBytes(StandardCharsets.ISO_8859_1);
        List<Throwable> thrown = new ArrayList<>();
        for (String secret : List.of(weak, doubled, "xyxyxyxyxyxyxyxyxyxy", SECRET + "\ud800")) {
            thrown.add(catchThrowable(() -> ForeignFormats.express(COOKIE).secret(secret)));
            thrown.add(catchThrowable(() -> ForeignIssuer.express(COOKIE).issuedWith(secret)));
        }
        thrown.add(catchThrowable(
                () -> ForeignFormats.flaskSha1(COOKIE).secret(SECRET).secret(SECRET)));
        thrown.add(catchThrowable(
                () -> ForeignFormats.flaskSha1(COOKIE).secret(SECRET).build()));
        thrown.add(catchThrowable(() -> ForeignFormats.railsSha1(COOKIE).secret(binary)));
        thrown.add(catchThrowable(() -> issuer.issue(value + ";")));
        thrown.add(catchThrowable(() -> issuer.issue(value + "\ud800")));
        thrown.add(catchThrowable(() -> issuer.issue(value + " x")));
        thrown.add(catchThrowable(() -> issuer.issue(value.repeat(400))));
        thrown.add(
                catchThrowable(() -> wiped.read(ForeignVector.first("express").cookies())));
        for (Throwable each : thrown) {
            assertThat(each).isNotNull();
            for (Throwable cause = each; cause != null; cause = cause.getCause()) {
                assertHarmless(cause.toString(), SECRET, weak, doubled, "xyxy", "anna");
            }
        }
    }

    @Test
    void key_handedToTheJdk_cannotBeSerialized() throws Exception {
        byte[] secret = SECRET.getBytes(StandardCharsets.UTF_8);
        MacKey key = MacKey.consuming(secret.clone(), MacAlgorithm.SHA256);
        assertThat(key.raw().getEncoded()).isEqualTo(secret);
        try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
            assertThat(catchThrowable(() -> out.writeObject(key.raw()))).isNotNull();
        }
        assertHarmless(key.raw().toString(), SECRET);
    }

    private static void assertHarmless(String text, String... material) {
        for (String each : material) {
            byte[] bytes = each.getBytes(StandardCharsets.UTF_8);
            assertThat(text)
                    .doesNotContain(each)
                    .doesNotContain(HexFormat.of().formatHex(bytes))
                    .doesNotContain(Base64Spelling.BARE.encode(bytes))
                    .doesNotContain(Arrays.toString(bytes).replace("]", ""));
        }
    }
}
