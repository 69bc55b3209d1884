package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.jdbc.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScramVerifierTest {
    /** The exchange of RFC 7677, section 3. */
    private static final String AUTH_MESSAGE = "n=user,r=rOprNGfwEbeRWgbNEkqO,"
            + "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
            + "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

    @Test
    void verifier_ofRfc7677_acceptsItsProofAndMakesItsSignature() throws Exception {
        String verifier = ScramVerifier.of(ascii("pencil"), base64("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
        assertThat(verifier).startsWith("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$");
        String[] keys = verifier.split("\\$")[2].split(":");
        byte[] storedKey = base64(keys[0]);

        byte[] clientKey = base64("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        byte[] clientSignature = hmac(storedKey, AUTH_MESSAGE);
        for (int i = 0; i < clientKey.length; i++) {
            clientKey[i] ^= clientSignature[i];
        }
        assertThat(MessageDigest.getInstance("SHA-256").digest(clientKey)).isEqualTo(storedKey);
        assertThat(hmac(base64(keys[1]), AUTH_MESSAGE))
                .isEqualTo(base64("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
    }

    @Test
    void verifier_setInPostgres_letsThePasswordIn() throws SQLException {
        String verifier = ScramVerifier.of(ascii("a ~'\"\\$ password"), new SecureRandom());
        PostgresServer.execute("CREATE ROLE scram_user LOGIN PASSWORD '" + verifier + "'");
        try (Connection connection = PostgresServer.connect("scram_user", "a ~'\"\\$ password")) {
            assertThat(connection.isValid(5)).isTrue();
        }
        assertThatThrownBy(() -> PostgresServer.connect("scram_user", "other"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
        assertThat(PostgresServer.query("SELECT rolpassword FROM pg_authid WHERE rolname = 'scram_user'"))
                .containsExactly(verifier);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ü", "a\u0000b", "a\nb", "\u007f"})
    void password_beyondPrintableAscii_isRefused(String password) {
        assertThatThrownBy(() -> ScramVerifier.of(password.getBytes(StandardCharsets.UTF_8), new SecureRandom()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"clear", "SCRAM-SHA-256$4096:abc$def:ghi", "md5abc"})
    void verifier_malformed_isNotLetThrough(String text) {
        assertThatThrownBy(() -> ScramVerifier.checked(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining(text);
    }

    private static byte[] hmac(byte[] key, String message) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(ascii(message));
    }

    private static byte[] base64(String text) {
        return Base64.getDecoder().decode(text);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
