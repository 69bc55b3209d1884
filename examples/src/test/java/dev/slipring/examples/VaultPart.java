package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.Slipring;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.session.SessionSigner;
import dev.slipring.store.SecretStore;
import dev.slipring.vault.FakeKeyValue;
import dev.slipring.vault.VaultAuthentication;
import dev.slipring.vault.VaultClient;
import dev.slipring.vault.VaultSecretStore;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Secrets in a Vault, by a token that is logged in for and renewed; a server that is sealed, overloaded and loses
 * answers, credentials that it refuses, and one that tells what it was told.
 */
final class VaultPart {
    private static final RotationPolicy SESSIONS = RotationPolicy.sessions(Duration.ofDays(8), Duration.ofHours(1));
    private static final Duration QUARTER = Duration.ofMinutes(15);
    private static final SecretName NAME = SecretName.of("vault-session");
    private static final SecretName LOST = SecretName.of("vault-lost");
    private static final String EVERYTHING =
            "path \"secret/*\" { capabilities = [\"create\", \"read\", \"update\", \"delete\", \"list\"] }";

    private final LeakWorld world;
    private final LeakEvidence evidence;
    private final FakeKeyValue server;
    private final SecretValue value;
    private final SecretStore store;
    private final Slipring replica;

    private VaultPart(LeakWorld world) {
        this.world = world;
        evidence = world.evidence;
        server = world.with(new FakeKeyValue());
        value = world.secret("value on its way to a lost vault");
        SecretValue secretId = world.secret("secret id for a log-in");
        String token = LeakWorld.text(world.secret("token of a vault"));
        server.logIn(LeakWorld.text(secretId), token);
        server.allow(token, EVERYTHING);
        store = store(server.address(), VaultAuthentication.appRole("app", secretId::copy));
        replica = world.replica(new StoreOnClock(store, world.clock));
    }

    /** A {@link LeakPart}. */
    static void in(LeakWorld world) throws IOException {
        VaultPart part = new VaultPart(world);
        part.rotate();
        part.fail();
        part.refuse();
        part.tell();
    }

    private VaultSecretStore store(URI address, VaultAuthentication authentication) {
        VaultClient client = world.with(VaultClient.builder(address, authentication)
                .ticker(world.clock)
                .pause(length -> {})
                .build());
        VaultSecretStore made = VaultSecretStore.builder(client, "app").build();
        world.objects.addAll(List.of(client, authentication, made));
        return made;
    }

    /** For longer than a token lives. */
    private void rotate() {
        RandomIssuer issuer = SessionSigner.issuer();
        world.watched(replica.adopt(NAME.value(), world.secret("first key in a vault"), issuer, SESSIONS), issuer);
        world.objects.add(replica.rotate(NAME.value(), "alice", "exercise"));
        for (int i = 0; i < 6; i++) {
            world.scheduler.advance(QUARTER);
        }
        if (server.renewals() == 0) {
            throw new AssertionError("the token was not renewed");
        }
    }

    private void fail() {
        server.seal(true);
        world.scheduler.advance(Duration.ofMinutes(50)); // the token is due, and over
        misuse("sealed");
        world.scheduler.advance(QUARTER);
        server.seal(false);
        server.overload(100);
        misuse("overloaded");
        server.overload(0);
        server.loseAnswers(100);
        misuse("without answers");
        server.loseAnswers(0);
        server.limit(8);
        misuse("narrow");
        server.limit(1 << 19);
        String text = LeakWorld.text(value);
        for (String place : List.of("record/" + LOST, "staged/" + LOST + "/1", "value/" + LOST + "/1")) {
            server.put("app/slipring/" + place, "{\"record\":\"" + text + "\",\"value\":\"" + text + ".\"}");
        }
        evidence.thrown("record that is none in a vault", () -> store.read(LOST));
        evidence.thrown("value that is none in a vault", () -> store.value(LOST, 1));
        world.scheduler.advance(QUARTER);
    }

    private void misuse(String how) {
        evidence.thrown("record in a vault, " + how, () -> store.read(NAME));
        evidence.thrown("value in a vault, " + how, () -> store.value(NAME, 2));
        evidence.thrown("value for a vault, " + how, () -> store.putValueIfAbsent(LOST, 1, value));
        evidence.thrown(
                "secret for a vault, " + how,
                () -> replica.adopt(LOST.value(), value, SessionSigner.issuer(), SESSIONS));
    }

    /** Credentials that the server does not know, and such as cannot be sent. */
    private void refuse() {
        SecretValue stranger = world.secret("credential that a vault does not know");
        SecretValue broken = SecretValue.copyOf((LeakWorld.text(stranger) + "\nx").getBytes(UTF_8));
        for (SecretValue credential : List.of(stranger, broken)) {
            for (VaultAuthentication authentication : authentications(credential)) {
                VaultSecretStore other = store(server.address(), authentication);
                evidence.thrown("refused by a vault", other::names);
                evidence.thrown("value refused by a vault", () -> other.putValueIfAbsent(LOST, 1, value));
            }
        }
        VaultAuthentication failing = VaultAuthentication.tokenFrom(() -> {
            throw new IllegalStateException("no token");
        });
        evidence.thrown("no token for a vault", store(server.address(), failing)::names);
    }

    private void tell() throws IOException {
        SecretValue credential = world.secret("credential that a server tells");
        for (int status : List.of(400, 403, 404, 500, 503)) {
            URI address = world.with(CarelessService.answering(status)).address();
            for (VaultAuthentication authentication : authentications(credential)) {
                VaultSecretStore other = store(address, authentication);
                evidence.thrown("told by a vault", other::installationKey);
                evidence.thrown("value told by a vault", () -> other.putValueIfAbsent(LOST, 1, value));
            }
        }
    }

    private static List<VaultAuthentication> authentications(SecretValue credential) {
        return List.of(VaultAuthentication.token(credential), VaultAuthentication.appRole("app", credential::copy));
    }
}
