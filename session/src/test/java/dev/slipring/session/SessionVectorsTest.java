package dev.slipring.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.slipring.keyring.SecretValue;
import dev.slipring.session.Verification.Valid;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Known answers of an independent implementation; {@code -Dslipring.vectors=DIR} takes them from elsewhere. */
class SessionVectorsTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final String FILE = "session-s1.json";

    @Test
    void everyVector_signedAndVerified_matches() throws IOException {
        List<Map<String, String>> vectors = read();
        for (Map<String, String> vector : vectors) {
            check(vector);
        }
        System.out.println("session vectors checked: " + vectors.size());
        assertThat(vectors).isNotEmpty();
    }

    private static void check(Map<String, String> vector) {
        byte[] secret = HEX.parseHex(vector.get("secret"));
        byte[] payload = HEX.parseHex(vector.get("payload"));
        Instant issuedAt = Instant.ofEpochSecond(Long.parseLong(vector.get("iat")));
        Instant expiresAt = Instant.ofEpochSecond(Long.parseLong(vector.get("exp")));
        Duration life = Duration.between(issuedAt, expiresAt);

        SecretValue value = SecretValue.copyOf(secret);
        assertThat(SessionSigner.keyId(value)).as("%s", vector).isEqualTo(vector.get("kid"));
        byte[] use = SessionKey.use(utf8(vector.get("name")), utf8(vector.get("purpose")));
        assertThat(HEX.formatHex(SessionKey.macKey(SessionKey.extract(value), use)))
                .as("%s", vector)
                .isEqualTo(vector.get("macKey"));

        ManualClock clock = ManualClock.at(issuedAt);
        try (FakeSecret fake = FakeSecret.create("session", clock, 1, SessionFixture.lifetime(life), secret)) {
            SessionSigner signer = SessionSigner.builder(fake.rotating())
                    .cookie(vector.get("name"))
                    .purpose(vector.get("purpose"))
                    .maxLife(life)
                    .clock(clock)
                    .build();
            assertThat(signer.sign(payload)).as("%s", vector).isEqualTo(vector.get("token"));
            Valid valid = SessionFixture.valid(signer, vector.get("token"));
            assertThat(valid.payload()).isEqualTo(payload);
            assertThat(valid.issuedAt()).isEqualTo(issuedAt);
            assertThat(valid.expiresAt()).isEqualTo(expiresAt);
        }
    }

    /** An array of flat objects, every value as text. */
    private static List<Map<String, String>> read() throws IOException {
        List<Map<String, String>> vectors = new ArrayList<>();
        try (InputStream in = open();
                JsonParser json = new JsonFactory().createParser(in)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.START_OBJECT) {
                    vectors.add(new HashMap<>());
                } else if (token.isScalarValue()) {
                    vectors.get(vectors.size() - 1).put(json.currentName(), json.getText());
                }
            }
        }
        return vectors;
    }

    private static InputStream open() throws IOException {
        String directory = System.getProperty("slipring.vectors");
        if (directory == null) {
            InputStream resource = SessionVectorsTest.class.getResourceAsStream("/vectors/slipring/" + FILE);
            if (resource == null) {
                throw new FileNotFoundException(FILE);
            }
            return resource;
        }
        Path nested = Path.of(directory, "slipring", FILE);
        return Files.newInputStream(Files.exists(nested) ? nested : Path.of(directory, FILE));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
