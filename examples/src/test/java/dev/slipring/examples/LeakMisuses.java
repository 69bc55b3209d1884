package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.apikey.ApiCredential;
import dev.slipring.apikey.OpenAiKeys;
import dev.slipring.apikey.StripePair;
import dev.slipring.crypto.Context;
import dev.slipring.crypto.RootKey;
import dev.slipring.crypto.kek.Argon2id;
import dev.slipring.crypto.kek.Derivation;
import dev.slipring.crypto.kek.KeyFile;
import dev.slipring.guard.EnvironmentTags;
import dev.slipring.guard.SecretText;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.jdbc.login.Connector;
import dev.slipring.jdbc.login.Login;
import dev.slipring.jdbc.login.LoginDocument;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.observe.inventory.SecretDescription;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretKind;
import dev.slipring.session.SessionCookie;
import dev.slipring.session.SessionSigner;
import dev.slipring.session.foreign.ForeignFormats;
import dev.slipring.session.foreign.ForeignIssuer;
import dev.slipring.store.EnvironmentSecretSource;
import dev.slipring.store.SecretRecordFormat;
import dev.slipring.testing.FakeSecret;
import dev.slipring.vault.TransitVersion;
import dev.slipring.vault.VaultAuthentication;
import dev.slipring.vault.VaultClient;
import dev.slipring.vault.VaultSecretStore;
import java.io.IOException;
import java.net.URI;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What the library must refuse, each time with a secret in hand, or put where none belongs. */
final class LeakMisuses {
    private static final SessionCookie COOKIE = SessionCookie.named("sid").build();
    private static final RotationPolicy POLICY = RotationPolicy.apiKeys(Duration.ofDays(90));

    private final LeakWorld world;
    private final LeakRun run;
    private final LeakEvidence evidence;
    private final SecretValue secret;
    private final String text;

    private LeakMisuses(LeakWorld world, LeakRun run) {
        this.world = world;
        this.run = run;
        evidence = world.evidence;
        secret = world.secret("secret in the wrong place");
        text = LeakWorld.text(secret);
    }

    /** Commits all of them. */
    static void in(LeakWorld world, LeakRun run) throws IOException {
        LeakMisuses misuses = new LeakMisuses(world, run);
        misuses.values();
        misuses.texts();
        misuses.sessions();
        misuses.envelopes();
        misuses.rootKeys();
        misuses.logins();
        misuses.addresses();
        misuses.replies();
    }

    private void values() {
        SecretValue wiped = secret.copy();
        wiped.wipe();
        evidence.thrown("wiped value", wiped::copyBytes);
        evidence.thrown(
                "use of a value that fails",
                () -> secret.reveal(bytes -> {
                    throw new IllegalStateException("use failed");
                }));
        evidence.thrown(
                "value too long", () -> SecretValue.copyOf(text.repeat(2000).getBytes(UTF_8)));
        evidence.thrown(
                "second first value", () -> world.slipring.adopt("partner", secret, RandomIssuer.bytes(32), POLICY));
        evidence.thrown(
                "value that is one of another secret",
                () -> world.slipring.adopt("copy", run.session.primary().value(), RandomIssuer.bytes(32), POLICY));
        evidence.thrown(
                "value that repeats itself",
                () -> world.slipring.adopt(
                        "weak", value(text.substring(0, 6).repeat(5)), RandomIssuer.bytes(32), POLICY));
        evidence.thrown(
                "value marked for development",
                () -> world.slipring.adopt("marked", value("test-" + text), RandomIssuer.bytes(32), POLICY));
        evidence.thrown("Stripe pair", () -> StripePair.parse(secret));
        evidence.thrown("transit version", () -> TransitVersion.of(secret));
    }

    private void texts() {
        String record = "{\"format\":1,\"" + text + "\":\"" + text + "\"}";
        evidence.thrown("record", () -> SecretRecordFormat.parse(SecretName.of("partner"), record, "record/1"));
        evidence.thrown(
                "record that is none", () -> SecretRecordFormat.parse(SecretName.of("partner"), text, "record/1"));
        evidence.thrown("secret text", () -> SecretText.parse(SecretKind.SELF, text.getBytes(UTF_8)));
        evidence.thrown(
                "secret text with a slip",
                () -> SecretText.parse(SecretKind.SELF, slipped().getBytes(UTF_8)));
        evidence.thrown("guard key that is short", () -> EnvironmentTags.of(value(text.substring(1))));
        evidence.thrown("owner", () -> SecretDescription.builder().owner(text.repeat(10)));
        evidence.thrown(
                "procedure", () -> SecretDescription.builder().procedure(URI.create("https://a:" + text + "@host/")));
        SecretName partner = SecretName.of("partner");
        Map<String, String> environment =
                Map.of("PARTNER", text + "\n", "PARTNER_NEXT", text, "PARTNER_SWITCH_AT", text);
        evidence.thrown(
                "secrets of the environment",
                () -> EnvironmentSecretSource.builder(environment)
                        .secret(partner, "PARTNER", POLICY.timing())
                        .build());
        evidence.thrown(
                "secret as the name of a variable",
                () -> EnvironmentSecretSource.builder(environment).secret(partner, text, POLICY.timing()));
    }

    private String slipped() {
        byte[] whole = SecretText.revealAsText(SecretKind.SELF, secret);
        whole[whole.length - 3] ^= 1;
        return new String(whole, UTF_8);
    }

    private void sessions() {
        evidence.thrown("long session", () -> run.signer.sign(text.repeat(400)));
        evidence.thrown("half a character", () -> run.signer.sign(text + "\ud800"));
        evidence.thrown("no life", () -> run.signer.sign(text.getBytes(UTF_8), Duration.ZERO));
        evidence.thrown("cookie", () -> run.signer.setCookie(run.signer.sign(text) + "x"));
        evidence.thrown("cookie's value", () -> run.signer.cookie().set(text + ";", Duration.ofHours(1)));
        evidence.thrown("short key", () -> {
            byte[] weak = text.substring(0, 16).getBytes(UTF_8);
            try (FakeSecret shorter = FakeSecret.create("weak", world.clock, weak)) {
                SessionSigner.builder(shorter.rotating())
                        .cookie("sid")
                        .maxLife(Duration.ofHours(1))
                        .build();
            }
        });
        evidence.thrown("foreign secret", () -> ForeignFormats.express(COOKIE).secret(text + "\ud800"));
        evidence.thrown("foreign issuer", () -> ForeignIssuer.express(COOKIE).issuedWith(text + "\ud800"));
        evidence.thrown(
                "foreign secret twice",
                () -> ForeignFormats.flaskSha1(COOKIE).secret(text).secret(text));
        evidence.thrown(
                "foreign cookie",
                () -> ForeignIssuer.keygripSha256(COOKIE)
                        .issuedWith(text)
                        .life(Duration.ofHours(1))
                        .build()
                        .issue(text + ";"));
        world.objects.addAll(List.of(
                ForeignFormats.express(COOKIE), ForeignIssuer.express(COOKIE).issuedWith(text)));
    }

    private void envelopes() {
        byte[] plain = text.getBytes(UTF_8);
        evidence.thrown("no envelope", () -> run.encryptor.decrypt(plain, LeakRun.CONTEXT));
        evidence.thrown("no envelope as text", () -> run.encryptor.decryptText(text, LeakRun.CONTEXT));
        byte[] envelope = run.encryptor.encrypt(plain, LeakRun.CONTEXT);
        evidence.thrown("another context", () -> run.encryptor.decrypt(envelope, Context.of("table", "users")));
        byte[] changed = envelope.clone();
        changed[changed.length - 1] ^= 1;
        evidence.thrown("changed envelope", () -> run.encryptor.decrypt(changed, LeakRun.CONTEXT));
        evidence.thrown("context twice", () -> Context.of("a", text, "a", text));
        evidence.thrown("context without a value", () -> Context.of(text));
    }

    private void rootKeys() {
        evidence.thrown("root key", () -> RootKey.of("root", Map.of(1, value(text.substring(1))), 1));
        evidence.thrown(
                "root key of the environment",
                () -> RootKey.inEnvironment("root", Map.of("ROOT_1", text.substring(1)), "ROOT"));
        byte[] bytes = text.getBytes(UTF_8);
        evidence.thrown(
                "key file as PEM", () -> KeyFile.of("key", bytes.clone()).pem());
        evidence.thrown(
                "key file as PKCS#8", () -> KeyFile.of("key", bytes.clone()).pkcs8());
        evidence.thrown(
                "key file as PKCS#12", () -> KeyFile.of("key", bytes.clone()).pkcs12(text.toCharArray()));
        byte[] pem = ("-----BEGIN PRIVATE KEY-----\n" + text + "\n-----END PRIVATE KEY-----\n").getBytes(UTF_8);
        evidence.thrown("damaged PEM", () -> KeyFile.of("key", pem).pem());
        evidence.thrown("derivation", () -> Derivation.parse(text));
        evidence.thrown(
                "short passphrase",
                () -> Argon2id.of(Argon2id.MIN_MEMORY, 2, 1)
                        .derive(text.substring(0, 15).toCharArray(), new byte[16]));
    }

    private void logins() {
        evidence.thrown("login", () -> Login.parse(secret));
        evidence.thrown("login document", () -> LoginDocument.rds().parse(text.getBytes(UTF_8)));
        evidence.thrown(
                "login document without a user",
                () -> LoginDocument.rds().parse(("{\"password\":\"" + text + "\"}").getBytes(UTF_8)));
        evidence.thrown("login with a zero", () -> Login.of("app", (text + "\0").getBytes(UTF_8)));
        String url = world.servers.postgres().url();
        evidence.thrown("password in an address", () -> Connector.of(url + "?user=app&password=" + text));
        evidence.thrown("connection by the driver", () -> DriverManager.getConnection(url, "slipring_demo_a", text));
        evidence.thrown(
                "connection of nobody", () -> Connector.of(url).connect(Login.of("nobody", text.getBytes(UTF_8))));
        evidence.thrown("pool on what is no login", () -> {
            try (RotatingDataSource source =
                    RotatingDataSource.builder(run.session, Connector.of(url)).build()) {
                source.getConnection().close();
            }
        });
    }

    private void addresses() {
        evidence.thrown(
                "password in OpenAI's address", () -> OpenAiKeys.at(URI.create("https://a:" + text + "@host/v1")));
        evidence.thrown(
                "password in Vault's address",
                () -> VaultClient.builder(
                                URI.create("https://a:" + text + "@host/x?y=" + text),
                                VaultAuthentication.token(secret))
                        .build());
        evidence.thrown("token with a line break", () -> {
            VaultAuthentication token = VaultAuthentication.token(value(text + "\nx"));
            URI nowhere = URI.create("http://127.0.0.1:1");
            try (VaultClient client =
                    VaultClient.builder(nowhere, token).clearText().build()) {
                VaultSecretStore.builder(client, "app").build().names();
            }
        });
    }

    private void replies() throws IOException {
        CarelessService service = world.with(CarelessService.answering(401));
        URI base = service.address().resolve("/v1");
        for (SecretValue admin : List.of(secret, value(text + "\n"))) {
            evidence.thrown(
                    "refused with the key in the reply",
                    () -> world.slipring.secret(
                            "echoed-" + admin.length(),
                            OpenAiKeys.at(base)
                                    .serviceAccounts("proj", "app", ApiCredential.bearer(admin))
                                    .ticker(world.clock)
                                    .build(),
                            POLICY));
        }
    }

    private static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(UTF_8));
    }
}
