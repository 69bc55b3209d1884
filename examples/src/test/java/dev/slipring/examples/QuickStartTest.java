package dev.slipring.examples;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.Slipring;
import dev.slipring.crypto.Context;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.session.SessionSigner;
import dev.slipring.session.Verification;
import dev.slipring.store.FileSecretStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of the README, run; and the README held against it. */
class QuickStartTest {
    private static final Path SOURCE = Path.of("src/test/java/dev/slipring/examples/QuickStartTest.java");
    private static final Path README = Path.of("../README.md");

    @TempDir
    Path parent;

    @Test
    void example_signsVerifiesEncryptsAndRotates() throws IOException {
        Path directory = parent.resolve("secrets");
        byte[] note = "hello".getBytes(StandardCharsets.UTF_8);

        // region example
        Slipring slipring = Slipring.builder(FileSecretStore.in(directory)).build();

        RotationPolicy ninetyDays = RotationPolicy.sessions(ofDays(90), ofHours(12));
        RotatingSecret sessionKey = slipring.secret("session", SessionSigner.issuer(), ninetyDays);
        SessionSigner signer = SessionSigner.builder(sessionKey)
                .cookie("__Host-sid")
                .maxLife(ofHours(12))
                .build();
        String token = signer.sign("user-42");
        String user = signer.verify(token) instanceof Verification.Valid valid ? valid.text() : "nobody";

        RotationPolicy halfYear = RotationPolicy.encryptionKeys(ofDays(180));
        RotatingSecret kek = slipring.secret("notes-kek", RandomIssuer.bytes(32), halfYear);
        EnvelopeEncryptor encryptor = EnvelopeEncryptor.builder(kek).build();
        byte[] sealed = encryptor.encrypt(note, Context.of("table", "notes", "column", "body"));

        slipring.rotate("session", "alice", "quarterly exercise"); // or let the schedule do it
        // endregion

        assertThat(user).isEqualTo("user-42");
        assertThat(encryptor.decrypt(sealed, Context.of("table", "notes", "column", "body")))
                .isEqualTo(note);
        assertThat(signer.verify(token)).isInstanceOf(Verification.Valid.class);
        encryptor.close();
        slipring.close();
    }

    @Test
    void readme_showsThisExample() throws IOException {
        assertThat(between(README, "```java", "```")).isEqualTo(between(SOURCE, "// region example", "// endregion"));
    }

    private static String between(Path file, String first, String last) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(String::strip)
                    .dropWhile(line -> !line.equals(first))
                    .skip(1)
                    .takeWhile(line -> !line.equals(last))
                    .collect(Collectors.joining("\n"));
        }
    }
}
