package dev.slipring.aws;

import static dev.slipring.contract.Records.NAME;
import static dev.slipring.contract.Records.at;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import dev.slipring.store.WriteWindow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.SecretsManagerException;

/** Each right by what the service answers to who has it, and to who has not. */
class AwsPoliciesTest {
    private static final String VALUES = "app/" + NAME;
    private static final String RECORD = VALUES + "/slipring-record";
    private static final String INSTALLATION = "app/slipring/installation";

    /** A neighbour whose name begins alike. */
    private static final String OTHER = VALUES + "-b";

    /** What is asked for below; of the last, no policy speaks. */
    private static final List<String> ACTIONS = List.of(
            "GetSecretValue",
            "PutSecretValue",
            "CreateSecret",
            "DescribeSecret",
            "UpdateSecretVersionStage",
            "ListSecretVersionIds",
            "DeleteSecret",
            "RestoreSecret",
            "RotateSecret",
            "PutResourcePolicy");

    private static final List<String> ROTATION =
            List.of("GetSecretValue", "PutSecretValue", "CreateSecret", "DescribeSecret", "UpdateSecretVersionStage");
    private static final List<String> WRITING = List.of("GetSecretValue", "PutSecretValue", "CreateSecret");
    private static final List<String> OPERATION = List.of(
            "GetSecretValue",
            "PutSecretValue",
            "CreateSecret",
            "DescribeSecret",
            "UpdateSecretVersionStage",
            "ListSecretVersionIds",
            "DeleteSecret",
            "RestoreSecret");

    private final FakeSecretsManager server = new FakeSecretsManager();
    private final List<SecretsManagerClient> clients = new ArrayList<>();

    @BeforeEach
    void allow() {
        AwsPolicies policies = store(FakeSecretsManager.ROOT).policies(Set.of(NAME), "123456789012");
        server.allow("READER", policies.reader());
        server.allow("ROTATOR", policies.rotator());
        server.allow("OPERATOR", policies.operator());
    }

    @AfterEach
    void close() {
        clients.forEach(SecretsManagerClient::close);
        server.close();
    }

    @Test
    void requests_ofEachKind_areAnsweredOrDenied() {
        for (String name : List.of(VALUES, RECORD, INSTALLATION, OTHER)) {
            server.put(name, "there");
        }
        assertThat(allowed("READER"))
                .isEqualTo(Map.of(VALUES, Set.of("GetSecretValue"), RECORD, Set.of("GetSecretValue")));
        assertThat(allowed("ROTATOR"))
                .isEqualTo(Map.of(
                        VALUES, Set.copyOf(ROTATION), RECORD, Set.copyOf(WRITING), INSTALLATION, Set.copyOf(WRITING)));
        assertThat(allowed("OPERATOR"))
                .isEqualTo(Map.of(
                        VALUES,
                        Set.copyOf(OPERATION),
                        RECORD,
                        Set.copyOf(OPERATION),
                        INSTALLATION,
                        Set.copyOf(WRITING)));
        assertThat(isAllowed(() -> client("READER").listSecrets())).isFalse();
        assertThat(isAllowed(() -> client("ROTATOR").listSecrets())).isTrue();
        assertThat(isAllowed(() -> client("OPERATOR").listSecrets())).isTrue();
    }

    @Test
    void rotator_doesAllThatAStoreDoes_andAReaderReads() {
        AwsSecretStore rotator = store("ROTATOR");
        rotator.installationKey().wipe();
        assertThat(rotator.names()).isEmpty();
        assertThat(rotator.rotatedBy(NAME)).isEmpty();
        rotator.putValueIfAbsent(NAME, 1, value("one"));
        assertThat(rotator.compareAndSet(at(1, "a"), window())).isTrue();
        assertThat(rotator.compareAndSet(at(2, "a"), window())).isTrue();
        rotator.reconcile(NAME);
        rotator.putValueIfAbsent(NAME, 2, value("two"));
        rotator.eraseValue(NAME, 2);

        AwsSecretStore reader = store("READER");
        assertThat(reader.read(NAME).record()).contains(at(2, "a"));
        assertThat(reader.value(NAME, 1)).contains(value("one"));
        SecretName other = SecretName.of(NAME + "-b");
        for (ThrowingCallable denied : List.<ThrowingCallable>of(
                () -> reader.compareAndSet(at(3, "b"), window()),
                () -> reader.putValueIfAbsent(NAME, 3, value("three")),
                () -> reader.eraseValue(NAME, 1),
                reader::installationKey,
                reader::names,
                () -> reader.reconcile(NAME),
                () -> reader.read(other),
                () -> reader.value(other, 1),
                () -> rotator.read(other),
                () -> rotator.compareAndSet(at(other, 1, "x"), window()),
                () -> rotator.putValueIfAbsent(other, 1, value("x")))) {
            assertThatThrownBy(denied)
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("AccessDeniedException")
                    .hasMessageContaining("is not authorized")
                    .hasMessageContaining("app/");
        }
        assertThat(rotator.value(NAME, 1)).contains(value("one"));
    }

    @Test
    void operator_restoresWhatIsScheduledForDeletion_andARotatorMayNot() {
        AwsSecretStore rotator = store("ROTATOR");
        rotator.compareAndSet(at(1, "a"), window());
        client("OPERATOR").deleteSecret(request -> request.secretId(RECORD).recoveryWindowInDays(7L));
        assertThatThrownBy(() -> rotator.read(NAME))
                .isInstanceOf(UnusableRecordException.class)
                .hasMessageContaining(RECORD)
                .hasMessageContaining("has to be restored");
        assertThat(isAllowed(() -> client("ROTATOR").restoreSecret(request -> request.secretId(RECORD))))
                .isFalse();

        client("OPERATOR").restoreSecret(request -> request.secretId(RECORD));

        assertThat(rotator.read(NAME).record()).contains(at(1, "a"));
    }

    @Test
    void operator_putsTheRecordsLabelRight_andARotatorMayNot() {
        AwsSecretStore rotator = store("ROTATOR");
        rotator.compareAndSet(at(1, "a"), window());
        String replaced = server.holder(RECORD, SecretIds.CURRENT);
        rotator.compareAndSet(at(2, "b"), window());
        String newest = server.holder(RECORD, SecretIds.CURRENT);
        server.moveCurrent(RECORD, replaced);
        assertThatThrownBy(() -> rotator.compareAndSet(at(2, "c"), window()))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("move it to " + newest);
        assertThat(isAllowed(() -> forth(client("ROTATOR"), replaced, newest))).isFalse();

        forth(client("OPERATOR"), replaced, newest);

        assertThat(rotator.read(NAME).record()).contains(at(2, "b"));
    }

    @Test
    void account_thatIsNone_isRefused() {
        assertThatThrownBy(() -> store("READER").policies(Set.of(NAME), "*"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void forth(SecretsManagerClient client, String from, String to) {
        client.updateSecretVersionStage(request -> request.secretId(RECORD)
                .versionStage(SecretIds.CURRENT)
                .moveToVersionId(to)
                .removeFromVersionId(from));
    }

    /** The actions that the service does not deny, by secret. */
    private Map<String, Set<String>> allowed(String who) {
        Map<String, Set<String>> allowed = new TreeMap<>();
        for (String name : List.of(VALUES, RECORD, INSTALLATION, OTHER)) {
            for (String action : ACTIONS) {
                if (isAllowed(() -> ask(client(who), action, name))) {
                    allowed.computeIfAbsent(name, first -> new HashSet<>()).add(action);
                }
            }
        }
        return allowed;
    }

    /** Asks for what is refused for another reason, where it would change anything. */
    private static void ask(SecretsManagerClient client, String action, String name) {
        switch (action) {
            case "GetSecretValue" -> client.getSecretValue(request -> request.secretId(name));
            case "PutSecretValue" ->
                client.putSecretValue(
                        request -> request.secretId(name).secretString("x").clientRequestToken("too short"));
            case "CreateSecret" ->
                client.createSecret(
                        request -> request.name(name).secretString("x").clientRequestToken("too short"));
            case "DescribeSecret" -> client.describeSecret(request -> request.secretId(name));
            case "UpdateSecretVersionStage" ->
                client.updateSecretVersionStage(
                        request -> request.secretId(name).versionStage("none"));
            case "ListSecretVersionIds" -> client.listSecretVersionIds(request -> request.secretId(name));
            case "DeleteSecret" ->
                client.deleteSecret(request -> request.secretId(name).recoveryWindowInDays(6L));
            case "RestoreSecret" -> client.restoreSecret(request -> request.secretId(name));
            case "RotateSecret" -> client.rotateSecret(request -> request.secretId(name));
            case "PutResourcePolicy" ->
                client.putResourcePolicy(request -> request.secretId(name).resourcePolicy("{}"));
            default -> throw new AssertionError(action);
        }
    }

    private static boolean isAllowed(ThrowingCallable call) {
        return !(catchThrowable(call) instanceof SecretsManagerException e)
                || !e.awsErrorDetails().errorCode().equals("AccessDeniedException");
    }

    private AwsSecretStore store(String accessKey) {
        return AwsSecretStore.builder(client(accessKey), "app").build();
    }

    private SecretsManagerClient client(String accessKey) {
        SecretsManagerClient client = SecretsManagerClient.builder()
                .endpointOverride(server.address())
                .region(Region.EU_CENTRAL_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, "s")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
        clients.add(client);
        return client;
    }

    private static WriteWindow window() {
        return WriteWindow.open(System::nanoTime, Duration.ofMinutes(5));
    }

    private static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(UTF_8));
    }
}
