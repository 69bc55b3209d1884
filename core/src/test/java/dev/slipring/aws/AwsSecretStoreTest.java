package dev.slipring.aws;

import static dev.slipring.contract.Records.NAME;
import static dev.slipring.contract.Records.at;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.contract.SecretStoreContract;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Phase;
import dev.slipring.store.SealedSecretStore;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import dev.slipring.store.WriteWindow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** Against a server that keeps the documented rules, those that no emulator keeps as well. */
class AwsSecretStoreTest extends SecretStoreContract {
    private static final String VALUES = "app/" + NAME;
    private static final String RECORD = VALUES + "/slipring-record";

    private final FakeSecretsManager server = new FakeSecretsManager();
    private final List<SecretsManagerClient> clients = new ArrayList<>();

    @AfterEach
    void close() {
        clients.forEach(SecretsManagerClient::close);
        server.close();
    }

    @Override
    protected SecretStore open() {
        return store(FakeSecretsManager.ROOT, builder -> builder.clock(clock));
    }

    @Override
    protected int epochs() {
        return 30;
    }

    @Override
    protected int versions() {
        return 17; // of a secret's 20 labels, three are the service's
    }

    @Override
    protected boolean keepsReports() {
        return false;
    }

    @Override
    protected boolean replaces() {
        return false;
    }

    private AwsSecretStore store(String accessKey, Consumer<AwsSecretStore.Builder> options) {
        AwsSecretStore.Builder builder =
                AwsSecretStore.builder(client(server.address(), accessKey, Region.EU_CENTRAL_1), "app");
        options.accept(builder);
        return builder.build();
    }

    private SecretsManagerClient client(URI address, String accessKey, Region region) {
        return client(address, () -> AwsBasicCredentials.create(accessKey, "s"), region);
    }

    private SecretsManagerClient client(URI address, AwsCredentialsProvider credentials, Region region) {
        SecretsManagerClient client = SecretsManagerClient.builder()
                .endpointOverride(address)
                .region(region)
                .credentialsProvider(credentials)
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .overrideConfiguration(options -> options.apiCallTimeout(Duration.ofSeconds(120))
                        .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(3)
                                .backoffStrategy(BackoffStrategy.retryImmediately())
                                .throttlingBackoffStrategy(BackoffStrategy.retryImmediately())
                                .build()))
                .build();
        clients.add(client);
        return client;
    }

    // ---- time

    @Test
    void storeNow_isTheServicesTime() {
        Instant before = Instant.now().minusSeconds(1);
        SecretStore store = store(FakeSecretsManager.ROOT, builder -> {});
        assertThat(store.read(NAME).storeNow()).isBetween(before, Instant.now());
        store.compareAndSet(at(1, "a"), window());
        assertThat(store.read(NAME).storeNow()).isBetween(before, Instant.now());
    }

    @Test
    void answer_withoutATime_isNone() throws Exception {
        for (String date : List.of("", "Date: late in the evening\r\n")) {
            String body = "{\"__type\":\"ResourceNotFoundException\"}";
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                Thread one = new Thread(() -> answerOnce(
                        socket,
                        "HTTP/1.1 400 Bad Request\r\n" + date + "Content-Length: " + body.length() + "\r\n\r\n"
                                + body));
                one.start();
                SecretStore store = AwsSecretStore.builder(
                                client(
                                        URI.create("http://127.0.0.1:" + socket.getLocalPort()),
                                        "k",
                                        Region.EU_CENTRAL_1),
                                "app")
                        .build();
                assertThatThrownBy(() -> store.read(NAME))
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessageContaining(RECORD)
                        .hasMessageContaining("header Date");
                one.join();
            }
        }
    }

    private static void answerOnce(ServerSocket socket, String answer) {
        try (Socket connection = socket.accept()) {
            byte[] asked = new byte[8192];
            int length = 0;
            while (!new String(asked, 0, length, UTF_8).endsWith("}")) {
                length += connection.getInputStream().read(asked, length, asked.length - length);
            }
            connection.getOutputStream().write(answer.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- the record's compare-and-set

    @Test
    void compareAndSet_ofTheSameEpochInAnotherIncarnation_hasOneWinner() {
        SecretStore store = open();
        store.compareAndSet(at(1, "a"), window());
        SecretStore other = open();
        SecretRecord restored = at(2, "restored").reincarnated(0);
        server.before(
                "PutSecretValue",
                () -> assertThat(other.compareAndSet(restored, window())).isTrue());
        assertThat(store.compareAndSet(at(2, "b"), window())).isFalse();
        assertThat(store.read(NAME).record()).contains(restored);
    }

    @Test
    void compareAndSet_ofEqualRecords_hasOneWinner() {
        SecretStore store = open();
        SecretStore other = open();
        server.before(
                "CreateSecret",
                () -> assertThat(other.compareAndSet(at(1, "a"), window())).isTrue());
        assertThat(store.compareAndSet(at(1, "a"), window())).isFalse();
        server.before(
                "PutSecretValue",
                () -> assertThat(other.compareAndSet(at(2, "a"), window())).isTrue());
        assertThat(store.compareAndSet(at(2, "a"), window())).isFalse();
    }

    @Test
    void secretsWithoutAValue_areUsedAsTheyAre() {
        for (String name : List.of(RECORD, VALUES, "app/slipring/installation")) {
            server.prepare(name);
        }
        SecretStore store = open();
        assertThat(store.read(NAME).record()).isEmpty();
        assertThat(store.names()).isEmpty();
        assertThat(store.installationKey()).isEqualTo(store.installationKey());
        assertThat(store.putValueIfAbsent(NAME, 1, value("one"))).isEqualTo(value("one"));
        assertThat(store.compareAndSet(at(1, "a"), window())).isTrue();
        assertThat(store.names()).containsExactly(NAME);
    }

    @Test
    void compareAndSet_whoseAnswerIsLost_isRepeatedWithoutHarm() {
        SecretStore store = open();
        server.loseAnswers(1);
        assertThat(store.compareAndSet(at(1, "a"), window())).isTrue();
        server.loseAnswers(2);
        assertThat(store.compareAndSet(at(2, "a"), window())).isTrue();
        server.loseAnswers(100); // the JDK's client repeats as well
        assertThatThrownBy(() -> store.compareAndSet(at(3, "a"), window()))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("PutSecretValue " + RECORD);
        server.loseAnswers(0);
        assertThat(store.read(NAME).record()).contains(at(3, "a"));
    }

    @Test
    void window_thatClosesBetweenTwoAttempts_keepsTheWriteFromBeingSentAgain() {
        SecretStore store = open();
        for (SecretRecord next : List.of(at(1, "a"), at(2, "a"))) {
            WriteWindow window = window();
            String operation = next.epoch() == 1 ? "CreateSecret" : "PutSecretValue";
            server.before(operation, () -> {
                clock.advance(Duration.ofSeconds(6));
                server.throttle(1);
            });
            assertThatThrownBy(() -> store.compareAndSet(next, window))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining(operation + " " + RECORD)
                    .hasMessageContaining("its time is over");
            assertThat(server.requests(operation)).isEqualTo(1);
            assertThat(store.compareAndSet(next, window())).isTrue();
        }
    }

    @Test
    void window_thatClosesWhileTheRecordIsRead_keepsTheWriteBack() {
        SecretStore store = open();
        WriteWindow window = window();
        server.before("GetSecretValue", () -> clock.advance(Duration.ofSeconds(6)));
        assertThat(store.compareAndSet(at(1, "a"), window)).isFalse();
        assertThat(server.requests("CreateSecret")).isZero();
    }

    @Test
    void currentLabelOfARecord_movedBackByHand_isNamedUntilItIsMovedForth() {
        SecretStore store = open();
        store.compareAndSet(at(1, "a"), window());
        String first = server.holder(RECORD, "AWSCURRENT");
        store.compareAndSet(at(2, "b"), window());
        String second = server.holder(RECORD, "AWSCURRENT");
        server.moveCurrent(RECORD, first);
        assertThatThrownBy(() -> store.compareAndSet(at(2, "c"), window()))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining(RECORD)
                .hasMessageContaining("move it to " + second);
        server.moveCurrent(RECORD, second);
        assertThat(store.compareAndSet(at(3, "c"), window())).isTrue();
    }

    @Test
    void record_longerThanAVersionTakes_isCompressed_andRefusedAboveThat() {
        SecretStore store = open();
        SecretRecord record = at(1, "a");
        for (int number = 2; number < 2_000; number++) {
            String random = Integer.toHexString(number * 0x9E3779B9);
            record = record.plus(
                    SecretVersion.staged(number, record.versions().get(0).origin(), Optional.empty())
                            .valued(random, Map.of("user", random.repeat(8))));
        }
        SecretRecord fits = record;
        assertThat(store.compareAndSet(fits, window())).isTrue();
        assertThat(server.plain(RECORD)).startsWith("H4sI"); // gzip, in base64
        assertThat(store.read(NAME).record()).contains(fits);
        SecretRecord next = fits.then(Phase.MINTING);
        for (int number = 2_000; number < 12_000; number++) {
            String random = Integer.toHexString(number * 0x9E3779B9);
            next = next.plus(SecretVersion.staged(
                            number, record.versions().get(0).origin(), Optional.empty())
                    .valued(random, Map.of("user", Long.toString(number * 0x9E3779B97F4A7C15L, 36))));
        }
        SecretRecord tooLong = next;
        assertThatThrownBy(() -> store.compareAndSet(tooLong, window()))
                .isInstanceOf(UnusableRecordException.class)
                .hasMessageContaining(RECORD)
                .hasMessageContaining("65536");
        assertThat(store.read(NAME).record()).contains(fits);
    }

    @Test
    void records_ofSomebodyElse_areUnusableWithoutBeingQuoted() {
        for (String text : List.of("hunter2", "{\"write\":\"hunter2\"}", "{\"record\":{\"format\":\"hunter2\"}}")) {
            server.put(RECORD, text);
            assertThatThrownBy(() -> open().read(NAME))
                    .isInstanceOf(UnusableRecordException.class)
                    .hasMessageContaining(RECORD)
                    .hasMessageNotContaining("hunter2");
        }
    }

    // ---- deletion

    @Test
    void secrets_scheduledForDeletion_areNamedAndNeverTakenForMissing() {
        SecretStore store = open();
        store.compareAndSet(at(1, "a"), window());
        store.putValueIfAbsent(NAME, 1, value("one"));
        store.installationKey().wipe();
        for (String name : List.of(RECORD, VALUES, "app/slipring/installation")) {
            server.delete(name);
        }
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> store.read(NAME),
                () -> store.compareAndSet(at(1, "b"), window()),
                () -> store.compareAndSet(at(2, "b"), window()),
                () -> store.value(NAME, 1),
                () -> store.putValueIfAbsent(NAME, 2, value("two")),
                () -> store.eraseValue(NAME, 1),
                store::installationKey)) {
            assertThatThrownBy(call)
                    .isInstanceOf(UnusableRecordException.class)
                    .hasMessageContaining("app/")
                    .hasMessageContaining("has to be restored");
        }
        assertThat(store.names()).isEmpty();
        server.restore(RECORD);
        server.restore(VALUES);
        assertThat(store.read(NAME).record()).contains(at(1, "a"));
        assertThat(store.value(NAME, 1)).contains(value("one"));
    }

    @Test
    void record_deletedBetweenReadAndWrite_isNotMadeAnew() {
        SecretStore store = open();
        store.compareAndSet(at(1, "a"), window());
        server.before("PutSecretValue", () -> server.delete(RECORD));
        assertThatThrownBy(() -> store.compareAndSet(at(2, "a"), window())).isInstanceOf(UnusableRecordException.class);
    }

    // ---- labels and plain readers

    @Test
    void labels_followARotation_fromPendingToErased() {
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("one"));
        assertThat(server.labels(VALUES)).isEqualTo(Map.of("one", "AWSCURRENT AWSPENDING slipring-1"));
        store.compareAndSet(primary(1, 1), window());
        store.reconcile(NAME);
        assertThat(server.labels(VALUES)).isEqualTo(Map.of("one", "AWSCURRENT slipring-1"));
        store.putValueIfAbsent(NAME, 2, value("two"));
        store.reconcile(NAME); // the record does not know the version yet
        assertThat(server.labels(VALUES))
                .isEqualTo(Map.of("one", "AWSCURRENT slipring-1", "two", "AWSPENDING slipring-2"));
        assertThat(server.plain(VALUES)).isEqualTo("one");
        store.compareAndSet(primary(2, 2), window());
        store.reconcile(NAME);
        assertThat(server.labels(VALUES))
                .isEqualTo(Map.of("one", "AWSPREVIOUS slipring-1", "two", "AWSCURRENT slipring-2"));
        int moves = server.requests("UpdateSecretVersionStage");
        store.reconcile(NAME);
        assertThat(server.requests("UpdateSecretVersionStage")).isEqualTo(moves);
        store.eraseValue(NAME, 1);
        assertThat(server.labels(VALUES)).isEqualTo(Map.of("one", "", "two", "AWSCURRENT slipring-2"));
        assertThat(store.value(NAME, 1)).isEmpty();
    }

    @Test
    void reconcile_whileSomebodyMovesTheLabel_triesAgain() {
        SecretStore store = open();
        for (int version = 1; version <= 3; version++) {
            store.putValueIfAbsent(NAME, version, value("v" + version));
        }
        store.compareAndSet(primary(1, 2), window());
        server.before(
                "UpdateSecretVersionStage", () -> server.moveCurrent(VALUES, server.holder(VALUES, "slipring-3")));
        store.reconcile(NAME);
        assertThat(server.plain(VALUES)).isEqualTo("v2");
    }

    @Test
    void reconcile_overtakenByAPromotion_changesNothing() {
        SecretStore store = open();
        SecretStore other = open();
        for (int version = 1; version <= 3; version++) {
            store.putValueIfAbsent(NAME, version, value("v" + version));
        }
        store.compareAndSet(primary(1, 2), window());
        server.before("UpdateSecretVersionStage", () -> {
            other.compareAndSet(primary(2, 3), window());
            other.reconcile(NAME);
        });
        store.reconcile(NAME);
        assertThat(server.plain(VALUES)).isEqualTo("v3");
    }

    @Test
    void secret_thatPlainReadersUseAlready_isAdopted() {
        server.put(VALUES, "by hand");
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("by hand"));
        assertThat(server.plain(VALUES)).isEqualTo("by hand");
        store.compareAndSet(primary(1, 1), window());
        store.reconcile(NAME);
        store.putValueIfAbsent(NAME, 2, value("two"));
        store.compareAndSet(primary(2, 2), window());
        store.reconcile(NAME);
        assertThat(server.plain(VALUES)).isEqualTo("two");
    }

    @Test
    void primary_whoseValueIsErased_isNotShown() {
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("one"));
        store.compareAndSet(primary(1, 1), window());
        store.eraseValue(NAME, 1);
        assertThatThrownBy(() -> store.reconcile(NAME))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("version 1 of secret " + NAME);
        assertThatThrownBy(() -> store.putValueIfAbsent(NAME, 1, value("two")))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("was erased");
    }

    @Test
    void labels_ofTooManyVersions_areRefusedByName_untilOneIsErased() {
        SecretStore store = open();
        store.compareAndSet(primary(1, 1), window());
        for (int version = 1; version <= 18; version++) {
            store.putValueIfAbsent(NAME, version, value("v" + version)); // AWSPREVIOUS is not there yet
        }
        assertThatThrownBy(() -> store.putValueIfAbsent(NAME, 19, value("v19")))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("LimitExceededException")
                .hasMessageContaining("20 labels");
        store.eraseValue(NAME, 3);
        assertThat(store.putValueIfAbsent(NAME, 19, value("v19"))).isEqualTo(value("v19"));
    }

    @Test
    void storedForm_isWhatPlainReadersSee_andGivesTheValueBack() {
        StoredForm quoted = StoredForm.of(
                value -> value.reveal(bytes -> value("{\"password\":\"" + new String(bytes, UTF_8) + "\"}")),
                stored -> stored.reveal(bytes -> SecretValue.copyOf(Arrays.copyOfRange(bytes, 13, bytes.length - 2))));
        SecretStore store =
                store(FakeSecretsManager.ROOT, builder -> builder.clock(clock).storedForm(NAME, quoted));
        SecretName other = SecretName.of("stripe");
        assertThat(store.putValueIfAbsent(NAME, 1, value("one"))).isEqualTo(value("one"));
        assertThat(store.putValueIfAbsent(other, 1, SecretValue.copyOf(new byte[] {0, 1})))
                .isEqualTo(SecretValue.copyOf(new byte[] {0, 1}));
        assertThat(store.value(NAME, 1)).contains(value("one"));
        assertThat(server.plain(VALUES)).isEqualTo("{\"password\":\"one\"}");
        assertThat(server.plain("app/stripe")).isEqualTo(Base64.getEncoder().encodeToString(new byte[] {0, 1}));
    }

    @Test
    void storedForm_thatDoesNotGiveTheValueBack_isRefusedBeforeAnythingIsStored() {
        StoredForm lossy = StoredForm.of(value -> value("hunter2"), stored -> value("hunter3"));
        SecretStore store = store(FakeSecretsManager.ROOT, builder -> builder.storedForm(NAME, lossy));
        assertThatThrownBy(() -> store.putValueIfAbsent(NAME, 1, value("one")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(VALUES)
                .hasMessageNotContaining("hunter");
        StoredForm tooLong = StoredForm.of(value -> SecretValue.copyOf(new byte[SecretValue.MAX_LENGTH + 1]), v -> v);
        assertThatThrownBy(() -> store(FakeSecretsManager.ROOT, builder -> builder.storedForm(NAME, tooLong))
                        .putValueIfAbsent(NAME, 1, value("one")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(VALUES)
                .hasMessageContaining("over the limit");
        assertThat(store.value(NAME, 1)).isEmpty();
    }

    @Test
    void store_withoutPlainReaders_leavesTheLabel_andTakesSealedValues() {
        SecretStore store =
                store(FakeSecretsManager.ROOT, builder -> builder.clock(clock).withoutPlainReaders());
        server.put(VALUES, "by hand");
        store.putValueIfAbsent(NAME, 1, value("one"));
        store.compareAndSet(primary(1, 1), window());
        store.reconcile(NAME);
        assertThat(store.traits().mirrors()).isFalse();
        assertThat(server.plain(VALUES)).isEqualTo("by hand");
        assertThatThrownBy(() -> store.replaceValue(NAME, 1, value("one"), value("two")))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> SealedSecretStore.around(open(), null)).isInstanceOf(IllegalArgumentException.class);
    }

    // ---- another rotator

    @Test
    void rotationByAws_isNamed() {
        SecretStore store = open();
        assertThat(store.rotatedBy(NAME)).isEmpty();
        store.putValueIfAbsent(NAME, 1, value("one"));
        assertThat(store.rotatedBy(NAME)).isEmpty();
        server.enableRotation(VALUES);
        assertThat(store.rotatedBy(NAME))
                .hasValueSatisfying(
                        who -> assertThat(who).contains("AWS has enabled").contains(VALUES + " in eu-central-1"));
        server.own("app/rds", "rds");
        assertThat(store.rotatedBy(SecretName.of("rds")))
                .hasValueSatisfying(who -> assertThat(who).contains("service rds"));
    }

    // ---- failures on the way

    @Test
    void throttling_isWaitedOut_andNamedIfItLasts() {
        SecretStore store = open();
        server.throttle(2);
        assertThat(store.read(NAME).record()).isEmpty();
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> store.read(NAME), store::names, store::installationKey, () -> store.value(NAME, 1))) {
            server.throttle(3);
            assertThatThrownBy(call)
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("app/")
                    .hasMessageContaining("ThrottlingException")
                    .hasMessageContaining("fewer requests");
        }
    }

    @Test
    void clockThatAwsRefuses_isNamed() {
        SecretStore store = open();
        for (String code : List.of("RequestExpired", "InvalidSignatureException", "RequestTimeTooSkewed")) {
            server.refuse(code);
            assertThatThrownBy(() -> store.read(NAME))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("GetSecretValue " + RECORD)
                    .hasMessageContaining(code)
                    .hasMessageContaining("set this machine's clock");
        }
    }

    @Test
    void identityThatIsRefused_isNamed_andWhatItsProviderHasNextIsUsedAtTheNextCall() {
        AtomicReference<String> accessKey = new AtomicReference<>("GONE");
        AwsCredentialsProvider followed = () -> AwsBasicCredentials.create(accessKey.get(), "s");
        SecretStore store = AwsSecretStore.builder(client(server.address(), followed, Region.EU_CENTRAL_1), "app")
                .build();
        assertThatThrownBy(() -> store.read(NAME))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("GetSecretValue " + RECORD)
                .hasMessageContaining("UnrecognizedClientException")
                .cause()
                .isInstanceOfSatisfying(
                        AwsException.class, e -> assertThat(e.kind()).isEqualTo(AwsException.Kind.DENIED));

        accessKey.set(FakeSecretsManager.ROOT);

        assertThat(store.compareAndSet(at(1, "a"), window())).isTrue();
        assertThat(store.read(NAME).record()).contains(at(1, "a"));
    }

    @Test
    void regionThatIsNotTheServers_isNamed() {
        SecretStore store = AwsSecretStore.builder(
                        client(server.address(), FakeSecretsManager.ROOT, Region.US_EAST_1), "app")
                .build();
        assertThatThrownBy(() -> store.compareAndSet(at(1, "a"), window()))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("in us-east-1")
                .hasMessageContaining("look at its region");
    }

    @Test
    void serverThatDoesNotListen_isUnavailable() {
        SecretStore store = open();
        server.close();
        assertThatThrownBy(() -> store.read(NAME))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("GetSecretValue " + RECORD + " in eu-central-1")
                .hasMessageContaining("no connection");
    }

    @Test
    void errorThatMayQuoteAValue_isNamedByItsCodeAlone() {
        SecretStore store = open();
        for (String code : List.of("ValidationException", "InvalidParameterException", "SerializationException")) {
            server.refuse(code);
            assertThatThrownBy(() -> store.putValueIfAbsent(NAME, 1, value("one")))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining(code)
                    .hasMessageNotContaining("the words of the service")
                    .cause()
                    .isInstanceOf(AwsException.class)
                    .hasMessageNotContaining("the words of the service")
                    .hasNoCause();
        }
        server.refuse("DecryptionFailure");
        assertThatThrownBy(() -> store.value(NAME, 1)).hasMessageContaining("the words of the service");
    }

    @Test
    void putValueIfAbsent_whoseAnswersAreLost_answersWithWhatIsStored() {
        SecretStore store = open();
        server.loseAnswers(3); // one of the creation, two of the put
        assertThat(store.putValueIfAbsent(NAME, 1, value("one"))).isEqualTo(value("one"));
        assertThat(store.putValueIfAbsent(NAME, 1, value("two"))).isEqualTo(value("one"));
    }

    @Test
    void putValueIfAbsent_overtakenByAnother_answersWithTheOthers() {
        SecretStore store = open();
        SecretStore other = open();
        server.before("PutSecretValue", () -> other.putValueIfAbsent(NAME, 1, value("first")));
        assertThat(store.putValueIfAbsent(NAME, 1, value("second"))).isEqualTo(value("first"));
        server.before("PutSecretValue", () -> {
            other.putValueIfAbsent(NAME, 2, value("first"));
            other.eraseValue(NAME, 2);
        });
        assertThatThrownBy(() -> store.putValueIfAbsent(NAME, 2, value("second")))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("was erased");
    }

    // ---- names

    @Test
    void prefix_thatNoSecretCanHave_isRefused() {
        SecretsManagerClient client = client(server.address(), "k", Region.EU_CENTRAL_1);
        for (String prefix : List.of("", "/", "a/", "/a", "a//b", "ä", "a b", "a*", "x".repeat(257))) {
            assertThatThrownBy(() -> AwsSecretStore.builder(client, prefix))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(AwsSecretStore.builder(client, "team/app_1+x=y.z@b-c").build())
                .hasToString("AwsSecretStore[team/app_1+x=y.z@b-c in eu-central-1]");
    }

    private static SecretRecord primary(long epoch, int number) {
        SecretRecord record = at(epoch, "p");
        SecretVersion only = record.versions().get(0);
        for (int next = 2; next <= number; next++) {
            record = record.with(next - 1, v -> v.in(VersionState.RETIRING))
                    .plus(SecretVersion.staged(next, only.origin(), only.slot()).in(VersionState.PRIMARY));
        }
        return record;
    }
}
