package dev.slipring.crypto.legacy;

import static dev.slipring.crypto.Keks.assertFailure;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.crypto.Json;
import dev.slipring.crypto.Keks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * Messages in the format of Active Record encryption, as {@code oracles/rails.py} recorded them. Not made by Rails,
 * but by another implementation of its published algorithm, on top of OpenSSL.
 */
class RailsCipherTest {
    private static final Sunset SUNSET = Sunset.at(Keks.clock().instant().plusSeconds(1), Keks.clock());
    private static final byte[] NOTHING = {};

    @Nested
    class Sha256 extends Contract {
        Sha256() {
            super("sha256");
        }
    }

    @Nested
    class Sha1 extends Contract {
        Sha1() {
            super("sha1");
        }
    }

    abstract static class Contract extends LegacyCipherContract {
        private final String digest;

        Contract(String digest) {
            this.digest = digest;
        }

        @Override
        LegacyCipher cipher(Sunset sunset) throws IOException {
            RailsCipher.Builder builder = RailsCipher.builder(salt(), sunset);
            for (byte[] secret : configured()) {
                if (digest.equals("sha1")) {
                    builder.sha1Key(secret);
                } else {
                    builder.sha256Key(secret);
                }
            }
            return builder.build();
        }

        @Override
        List<Sample> samples() throws IOException {
            return recorded().list("cases").stream()
                    .filter(entry -> entry.text("digest").equals(digest))
                    .map(entry -> new Sample(entry.text("message").getBytes(UTF_8), NOTHING, entry.hex("plaintext")))
                    .toList();
        }

        @Override
        List<byte[]> secrets() throws IOException {
            return configured();
        }
    }

    @Test
    void decrypt_keyThatWasNotGiven_isUnknownIfNamedAndElseTampered() throws IOException {
        RailsCipher cipher = RailsCipher.builder(salt(), SUNSET)
                .sha256Key(configured().get(1))
                .build();
        List<Failure> failures = new ArrayList<>();
        for (Json entry : recorded().list("cases")) {
            if (entry.text("digest").equals("sha256") && entry.text("name").startsWith("primary 0")) {
                boolean named = entry.text("name").endsWith("reference True");
                Failure expected = named ? Failure.UNKNOWN_VERSION : Failure.TAMPERED;
                failures.add(expected);
                assertFailure(
                        expected, () -> cipher.decrypt(entry.text("message").getBytes(UTF_8), NOTHING));
            }
        }
        assertThat(failures).contains(Failure.UNKNOWN_VERSION, Failure.TAMPERED);
    }

    @Test
    void decrypt_otherShapes_areRefused() throws IOException {
        RailsCipher cipher = RailsCipher.builder(salt(), SUNSET)
                .sha256Key(configured().get(0))
                .build();
        String iv = Base64.getEncoder().encodeToString(new byte[12]);
        String tag = Base64.getEncoder().encodeToString(new byte[16]);
        String headers = "\"iv\":\"" + iv + "\",\"at\":\"" + tag + "\"";
        String good = "{\"p\":\"AAAA\",\"h\":{" + headers + "}}";
        assertFailure(Failure.TAMPERED, () -> cipher.decrypt(good.getBytes(UTF_8), NOTHING));
        for (String malformed : List.of(
                "{\"p\":\"",
                "{\"p\":\"AAAA\"}",
                good + " {}",
                good.replace("AAAA", "AAA"),
                good.replace(iv, "AAAA"),
                good.replace(tag, iv),
                good.replace("{\"iv", "{\"iv\":\"" + iv + "\",\"iv"),
                good.replace("{\"iv", "{\"c\":1,\"iv"),
                good.replace("{\"iv", "{\"k\":\"AAAA\",\"iv"),
                "{\"p\":\"AAAA\",\"h\":[]}")) {
            assertFailure(Failure.MALFORMED, () -> cipher.decrypt(malformed.getBytes(UTF_8), NOTHING));
        }
        String nested = "\"k\":{\"p\":\"AAAA\",\"h\":{" + headers + "}}";
        for (String unsupported : List.of(
                good.replace("{\"iv", "{\"z\":\"AAAA\",\"iv"),
                good.replace("}}", "},\"v\":\"AAAA\"}"),
                good.replace("{\"iv", "{" + nested.replace("{\"iv", "{" + nested + ",\"iv") + ",\"iv"))) {
            assertFailure(Failure.UNSUPPORTED, () -> cipher.decrypt(unsupported.getBytes(UTF_8), NOTHING));
        }
    }

    @Test
    void decrypt_longestCompressedPlaintext_isRead_andNothingLonger() throws Exception {
        RailsCipher cipher = RailsCipher.builder(salt(), SUNSET)
                .sha256Key(configured().get(0))
                .build();
        byte[] longest = cipher.decrypt(compressed(zeros(Refusals.MAX_PLAINTEXT)), NOTHING);
        assertThat(longest).hasSize(Refusals.MAX_PLAINTEXT);
        byte[] bomb = compressed(zeros(Refusals.MAX_PLAINTEXT + 1));
        assertThat(bomb.length).isLessThan(200_000);
        assertFailure(Failure.MALFORMED, () -> cipher.decrypt(bomb, NOTHING));
    }

    @Test
    void decrypt_whatIsNotCompressedAsItClaims_isMalformed() throws Exception {
        RailsCipher cipher = RailsCipher.builder(salt(), SUNSET)
                .sha256Key(configured().get(0))
                .build();
        byte[] deflated = zeros(1000);
        assertThat(cipher.decrypt(compressed(deflated), NOTHING)).hasSize(1000).containsOnly(0);
        for (byte[] bad : List.of(
                new byte[0],
                "plain".getBytes(UTF_8),
                Arrays.copyOf(deflated, deflated.length - 1),
                Arrays.copyOf(deflated, deflated.length + 1))) {
            byte[] message = compressed(bad);
            assertFailure(Failure.MALFORMED, () -> cipher.decrypt(message, NOTHING));
        }
    }

    @Test
    void build_withoutSaltOrKey_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> RailsCipher.builder(NOTHING, SUNSET));
        RailsCipher.Builder builder = RailsCipher.builder(new byte[1], SUNSET);
        assertThatIllegalArgumentException().isThrownBy(() -> builder.sha256Key(NOTHING));
        assertThatIllegalStateException().isThrownBy(builder::build);
    }

    /** A message that says it is compressed, with {@code plaintext} as it is. */
    private static byte[] compressed(byte[] plaintext) throws GeneralSecurityException, IOException {
        PBEKeySpec spec = new PBEKeySpec(new String(configured().get(0), UTF_8).toCharArray(), salt(), 1 << 16, 256);
        byte[] key = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(spec)
                .getEncoded();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, new byte[12]));
        byte[] sealed = cipher.doFinal(plaintext);
        Base64.Encoder base64 = Base64.getEncoder();
        return ("{\"p\":\"" + base64.encodeToString(Arrays.copyOf(sealed, plaintext.length)) + "\",\"h\":{\"iv\":\""
                        + base64.encodeToString(new byte[12]) + "\",\"at\":\""
                        + base64.encodeToString(Arrays.copyOfRange(sealed, plaintext.length, sealed.length))
                        + "\",\"c\":true}}")
                .getBytes(UTF_8);
    }

    private static byte[] zeros(int length) throws IOException {
        ByteArrayOutputStream deflated = new ByteArrayOutputStream();
        try (OutputStream out = new DeflaterOutputStream(deflated)) {
            out.write(new byte[length]);
        }
        return deflated.toByteArray();
    }

    private static byte[] salt() throws IOException {
        return recorded().text("salt").getBytes(UTF_8);
    }

    private static List<byte[]> configured() throws IOException {
        Json recorded = recorded();
        List<byte[]> secrets = new ArrayList<>();
        for (Object primary : (List<?>) recorded.get("primary")) {
            secrets.add(((String) primary).getBytes(UTF_8));
        }
        secrets.add(recorded.text("deterministic").getBytes(UTF_8));
        return secrets;
    }

    private static Json recorded() throws IOException {
        return (Json) Json.resource("legacy/rails.json");
    }
}
