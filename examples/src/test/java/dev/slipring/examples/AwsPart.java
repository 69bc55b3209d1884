package dev.slipring.examples;

import dev.slipring.Slipring;
import dev.slipring.aws.AwsRotatedSecret;
import dev.slipring.aws.AwsSecretStore;
import dev.slipring.aws.FakeSecretsManager;
import dev.slipring.jdbc.login.LoginDocument;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.session.SessionSigner;
import dev.slipring.store.SecretStore;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** Secrets at AWS, which throttles, refuses and loses answers; and a service that tells what it was told. */
final class AwsPart {
    private static final RotationPolicy SESSIONS = RotationPolicy.sessions(Duration.ofDays(8), Duration.ofHours(1));
    private static final Duration QUARTER = Duration.ofMinutes(15);
    private static final SecretName NAME = SecretName.of("aws-session");
    private static final SecretName LOST = SecretName.of("aws-lost");

    private final LeakWorld world;
    private final LeakEvidence evidence;
    private final FakeSecretsManager server;
    private final SecretsManagerClient client;
    private final SecretValue value;
    private final SecretStore store;
    private final Slipring replica;

    private AwsPart(LeakWorld world) {
        this.world = world;
        evidence = world.evidence;
        server = world.with(new FakeSecretsManager());
        value = world.secret("value on its way to AWS");
        client = client(server.address());
        store = AwsSecretStore.builder(client, "app").build();
        replica = world.replica(new StoreOnClock(store, world.clock));
    }

    /** A {@link LeakPart}. */
    static void in(LeakWorld world) throws IOException {
        AwsPart part = new AwsPart(world);
        part.rotate();
        part.fail();
        part.misread();
        part.tell();
    }

    private SecretsManagerClient client(URI address) {
        AwsBasicCredentials credentials = AwsBasicCredentials.create(
                FakeSecretsManager.ROOT, LeakWorld.text(world.secret("secret access key for " + address)));
        return world.with(SecretsManagerClient.builder()
                .endpointOverride(address)
                .region(Region.EU_CENTRAL_1)
                .credentialsProvider(StaticCredentialsProvider.create(credentials))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .overrideConfiguration(
                        options -> options.retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(3)
                                .backoffStrategy(BackoffStrategy.retryImmediately())
                                .throttlingBackoffStrategy(BackoffStrategy.retryImmediately())
                                .build()))
                .build());
    }

    private void rotate() {
        RandomIssuer issuer = SessionSigner.issuer();
        world.watched(replica.adopt(NAME.value(), world.secret("first key at AWS"), issuer, SESSIONS), issuer);
        world.objects.add(replica.rotate(NAME.value(), "alice", "exercise"));
        for (int i = 0; i < 6; i++) {
            world.scheduler.advance(QUARTER);
        }
    }

    private void fail() {
        server.throttle(1000);
        misuse("throttled");
        world.scheduler.advance(QUARTER);
        server.throttle(0);
        for (String code : List.of("InternalServiceError", "AccessDeniedException", "DecryptionFailure")) {
            server.refuse(code);
            misuse(code);
            world.scheduler.advance(QUARTER);
        }
        server.refuse("");
        server.loseAnswers(1000);
        evidence.thrown("value for AWS, without answers", () -> store.putValueIfAbsent(LOST, 1, value));
        server.loseAnswers(0);
        world.scheduler.advance(QUARTER);
    }

    private void misuse(String how) {
        evidence.thrown("record at AWS, " + how, () -> store.read(NAME));
        evidence.thrown("value at AWS, " + how, () -> store.value(NAME, 2));
        evidence.thrown("value for AWS, " + how, () -> store.putValueIfAbsent(LOST, 1, value));
        evidence.thrown(
                "secret for AWS, " + how, () -> replica.adopt(LOST.value(), value, SessionSigner.issuer(), SESSIONS));
    }

    /** Contents of others, which are no records and no logins. */
    private void misread() {
        String text = LeakWorld.text(value);
        server.put("app/aws-foreign/slipring-record", text);
        server.put("prod/db", "{\"password\":\"" + text + "\"}");
        evidence.thrown("record that is none at AWS", () -> store.read(SecretName.of("aws-foreign")));
        AwsRotatedSecret login = world.with(AwsRotatedSecret.builder(client, "prod/db")
                .document(LoginDocument.rds())
                .build());
        world.objects.add(login);
        evidence.thrown("login that is none at AWS", login::look);
    }

    private void tell() throws IOException {
        for (int status : List.of(400, 403, 500)) {
            SecretsManagerClient careless =
                    client(world.with(CarelessService.answering(status)).address());
            AwsSecretStore other = AwsSecretStore.builder(careless, "app").build();
            evidence.thrown("told by AWS", () -> other.read(NAME));
            evidence.thrown("value told by AWS", () -> other.putValueIfAbsent(LOST, 1, value));
        }
    }
}
