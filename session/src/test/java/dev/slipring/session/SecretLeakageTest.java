package dev.slipring.session;

import static dev.slipring.session.SessionFixture.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.keyring.SecretValue;
import dev.slipring.session.Verification.Valid;
import dev.slipring.testing.FakeSecret;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nothing that ends up in a log shows a key, a token or what a token carries. */
class SecretLeakageTest {
    private static final String PAYLOAD = "anna@example.org";

    private final SessionFixture fixture = new SessionFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void stringForms_ofEverything_showNoMaterial() {
        String token = fixture.signer.sign(PAYLOAD);
        fixture.rotate();
        Valid valid = fixture.valid(token);
        SessionKey key = SessionKey.derive(SecretValue.copyOf(SessionFixture.value(1)), new byte[0]);
        SignerSettings settings = SessionFixture.settings("__Host-sid", fixture.clock);
        SignerUsage usage = new SignerUsage(settings, fixture.secret.rotating()::use);
        KeyTable table = KeyTable.of(fixture.secret.rotating().keyring(), settings, usage);
        List<Object> printed = List.of(
                fixture.signer,
                valid,
                fixture.signer.verify(token + "x"),
                fixture.signer.verify(token.replace('~', 'x')),
                valid.claims(),
                key,
                table,
                table.primary(),
                table.acceptance(),
                usage.statistics(),
                RequestCookies.parse("__Host-sid=" + token),
                fixture.signer.verifyCookies(RequestCookies.parse("__Host-sid=" + token)),
                new ForeignReading.Found(PAYLOAD.getBytes(StandardCharsets.UTF_8), START, START),
                fixture.signer.readyToDrop(1),
                SignedToken.parse(token));
        for (Object each : printed) {
            assertHarmless(each.toString(), token);
        }
        assertThat(valid.toString()).contains("version 1", PAYLOAD.length() + " bytes", "2030-01-01T12:00:00Z");
    }

    @Test
    void messages_ofEveryRefusal_showNoMaterial() {
        String token = fixture.signer.sign(PAYLOAD);
        Valid binary = fixture.valid(fixture.signer.sign(("\u00ff" + PAYLOAD).getBytes(StandardCharsets.ISO_8859_1)));
        SessionSigner other = fixture.builder().purpose("csrf").build();
        List<Throwable> thrown = new ArrayList<>(List.of(
                catchThrowable(() -> fixture.signer.sign(PAYLOAD.repeat(400))),
                catchThrowable(() -> fixture.signer.sign(PAYLOAD + "\ud800")),
                catchThrowable(() -> fixture.signer.sign(PAYLOAD.getBytes(StandardCharsets.UTF_8), Duration.ZERO)),
                catchThrowable(() -> other.renew(fixture.valid(token))),
                catchThrowable(binary::text),
                catchThrowable(() -> fixture.signer.setCookie(token + "x")),
                catchThrowable(() -> fixture.signer.cookie().set(PAYLOAD + ";", SessionFixture.LIFE)),
                catchThrowable(
                        () -> fixture.builder().maxLife(Duration.ofDays(1)).build())));
        try (FakeSecret weak = FakeSecret.create("weak", fixture.clock, Arrays.copyOf(SessionFixture.value(1), 16))) {
            thrown.add(catchThrowable(() -> SessionSigner.builder(weak.rotating())
                    .cookie("sid")
                    .maxLife(SessionFixture.LIFE)
                    .build()));
        }
        for (Throwable each : thrown) {
            assertThat(each).isNotNull();
            assertHarmless(each.toString(), token);
        }
    }

    private static void assertHarmless(String text, String token) {
        byte[] value = SessionFixture.value(1);
        byte[] use = SessionKey.use(SessionFixture.ascii("__Host-sid"), new byte[0]);
        byte[] macKey = SessionKey.macKey(SessionKey.extract(SecretValue.copyOf(value)), use);
        assertThat(text)
                .doesNotContain("anna", "YW5uYUBl", token, token.substring(token.length() - 21))
                .doesNotContain(
                        HexFormat.of().formatHex(value, 0, 8), HexFormat.of().formatHex(macKey, 0, 8))
                .doesNotContain(Base64.getEncoder().encodeToString(macKey).substring(0, 8))
                .doesNotContain(Arrays.toString(Arrays.copyOf(macKey, 4)).replace("]", ""));
    }
}
