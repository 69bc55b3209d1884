package dev.slipring.vault;

import static dev.slipring.contract.Records.NAME;
import static dev.slipring.contract.Records.at;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SlipringException;
import dev.slipring.store.SecretStore;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import dev.slipring.store.WriteWindow;
import dev.slipring.testing.ManualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against a server that keeps the documented rules. */
class VaultSecretStoreTest extends VaultStoreContract {
    private static final String RECORD = "app/slipring/record/" + NAME;
    private static final String FIRST = "app/slipring/staged/" + NAME + "/1";
    private static final String PLAIN = "app/" + NAME;

    private final FakeKeyValue server = new FakeKeyValue();

    @AfterEach
    void close() {
        server.close();
    }

    @Override
    VaultClient.Builder client() {
        return client(FakeKeyValue.ROOT);
    }

    @Override
    VaultClient.Builder limited(String policy) {
        String token = "t" + policy.hashCode();
        server.allow(token, policy);
        return client(token);
    }

    private VaultClient.Builder client(String token) {
        return VaultClient.builder(server.address(), VaultAuthentication.token(value(token)));
    }

    @Override
    protected SecretStore open() {
        return store(client(), builder -> builder.clock(clock));
    }

    private VaultSecretStore store(Consumer<VaultSecretStore.Builder> options) {
        return store(client(), options);
    }

    // ---- size

    @Test
    void value_overTheServersLimit_isRefusedByPathAndNothingIsLost() {
        SecretStore store = open();
        SecretValue first = value("first");
        store.putValueIfAbsent(NAME, 1, first).wipe();
        SecretValue large = SecretValue.copyOf(new byte[SecretValue.MAX_LENGTH]);
        server.limit(SecretValue.MAX_LENGTH);

        assertThatThrownBy(() -> store.putValueIfAbsent(NAME, 2, large))
                .isInstanceOf(SlipringException.class)
                .hasMessageContaining("staged/" + NAME + "/2");

        assertThat(store.value(NAME, 2)).isEmpty();
        assertThat(store.value(NAME, 1)).contains(first);
    }

    // ---- time

    @Test
    void storeNow_isTheServersTime() {
        Instant before = Instant.now().minusSeconds(1);
        Instant now = store(builder -> {}).read(NAME).storeNow();
        assertThat(now).isBetween(before, Instant.now());
    }

    @Test
    void answer_withoutATime_isNone() throws Exception {
        for (String date : List.of("", "Date: late in the evening\r\n")) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    VaultClient client = VaultClient.builder(
                                    URI.create("http://127.0.0.1:" + socket.getLocalPort()),
                                    VaultAuthentication.token(value("t")))
                            .build()) {
                Thread server = new Thread(() -> answerOnce(
                        socket, "HTTP/1.1 404 Not Found\r\n" + date + "Content-Length: 13\r\n\r\n{\"errors\":[]}"));
                server.start();
                VaultSecretStore store = VaultSecretStore.builder(client, "app").build();
                assertThatThrownBy(() -> store.read(NAME))
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessageContaining("header Date");
                server.join();
            }
        }
    }

    private static void answerOnce(ServerSocket socket, String answer) {
        try (Socket connection = socket.accept()) {
            byte[] asked = new byte[8192];
            int length = 0;
            while (!new String(asked, 0, length, UTF_8).contains("\r\n\r\n")) {
                length += connection.getInputStream().read(asked, length, asked.length - length);
            }
            connection.getOutputStream().write(answer.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- what the engine does by itself

    @Test
    void record_afterMoreWritesThanTheEngineKeeps_isTheNewest() {
        SecretStore store = open();
        for (int epoch = 1; epoch <= 25; epoch++) {
            assertThat(store.compareAndSet(at(epoch, "a" + epoch), window())).isTrue();
        }
        assertThat(open().read(NAME).record()).contains(at(25, "a25"));
    }

    @Test
    void replacedAndErasedValues_areKeptByNoVersionOfTheirEntry() {
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("one"));
        store.replaceValue(NAME, 1, value("one"), value("two"));
        assertThat(server.everything()).contains(base64("two")).doesNotContain(base64("one"));
        store.eraseValue(NAME, 1);
        assertThat(server.everything()).doesNotContain(base64("two"));
    }

    @Test
    void value_onceErased_isNotTakenAgain() {
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("one"));
        store.eraseValue(NAME, 1);
        assertThatThrownBy(() -> store.putValueIfAbsent(NAME, 1, value("two")))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("secret/data/" + FIRST)
                .hasMessageContaining("was erased");
    }

    @Test
    void record_thatSomebodyDeleted_isNamedAndNeverTakenForMissing() {
        SecretStore store = open();
        store.compareAndSet(at(1, "a"), window());
        server.delete(RECORD);
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> store.read(NAME),
                () -> store.compareAndSet(at(1, "b"), window()),
                () -> store.compareAndSet(at(2, "b"), window()))) {
            assertThatThrownBy(call)
                    .isInstanceOf(UnusableRecordException.class)
                    .hasMessageContaining("secret/data/" + RECORD)
                    .hasMessageContaining("undelete its version 1");
        }
        server.undelete(RECORD);
        assertThat(store.read(NAME).record()).contains(at(1, "a"));
        server.destroy(RECORD);
        assertThatThrownBy(() -> store.read(NAME)).hasMessageContaining("destroyed in its version 1");
    }

    @Test
    void value_thatSomebodyDeleted_isNamed_andOneDestroyedIsGone() {
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("one"));
        server.delete(FIRST);
        assertThatThrownBy(() -> store.value(NAME, 1))
                .isInstanceOf(UnusableRecordException.class)
                .hasMessageContaining("undelete its version 1");
        server.undelete(FIRST);
        server.destroy(FIRST);
        assertThat(store.value(NAME, 1)).isEmpty();
        assertThat(store.replaceValue(NAME, 1, value("one"), value("two"))).isFalse();
    }

    @Test
    void mount_whoseWritesDeleteThemselves_isRefused() {
        server.deleteByItself();
        assertThatThrownBy(() -> open().compareAndSet(at(1, "a"), window()))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("delete_version_after");
    }

    @Test
    void entries_ofSomebodyElse_areUnusableWithoutBeingQuoted() {
        server.put(RECORD, "{\"record\":\"hunter2\"}");
        assertThatThrownBy(() -> open().read(NAME))
                .isInstanceOf(UnusableRecordException.class)
                .hasMessageNotContaining("hunter2");
        server.put(FIRST, "{\"password\":\"hunter2\"}");
        assertThatThrownBy(() -> open().value(NAME, 1))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("data.data.value")
                .hasMessageNotContaining("hunter2");
    }

    // ---- failures on the way

    @Test
    void overload_isWaitedOut_andASealedServerIsUnavailable() {
        SecretStore store = open();
        server.overload(3);
        assertThat(store.compareAndSet(at(1, "a"), window())).isTrue();
        server.seal(true);
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> store.read(NAME), store::names, store::installationKey, () -> store.value(NAME, 1))) {
            assertThatThrownBy(call)
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("sealed")
                    .hasMessageContaining("secret/");
        }
        server.seal(false);
        assertThat(store.read(NAME).record()).contains(at(1, "a"));
    }

    @Test
    void compareAndSet_whoseAnswerIsLost_isNotMadeAgain() {
        SecretStore store = open();
        server.loseAnswers(1);
        assertThatThrownBy(() -> store.compareAndSet(at(1, "a"), window()))
                .isInstanceOf(StoreUnavailableException.class);
        assertThat(store.read(NAME).record()).contains(at(1, "a"));
        assertThat(store.compareAndSet(at(2, "a"), window())).isTrue();
    }

    @Test
    void putValueIfAbsent_whoseAnswersAreLost_answersWithWhatIsStored() {
        SecretStore store = open();
        server.loseAnswers(4);
        assertThat(store.putValueIfAbsent(NAME, 1, value("one"))).isEqualTo(value("one"));
        server.loseAnswers(2);
        assertThat(store.putValueIfAbsent(NAME, 1, value("two"))).isEqualTo(value("one"));
    }

    @Test
    void window_thatClosesDuringAnOverload_keepsTheWriteFromBeingSent() {
        ManualClock ticker = ManualClock.at("2030-01-01T00:00:00Z");
        WriteWindow window = WriteWindow.open(ticker, Duration.ofSeconds(5));
        VaultClient client = opened(client().pause(length -> ticker.advance(Duration.ofSeconds(6))));
        SecretStore store = VaultSecretStore.builder(client, "app").build();
        store.read(NAME);
        server.overload(1);
        assertThat(store.compareAndSet(at(1, "a"), window)).isFalse(); // the overload was met when it read
        WriteWindow second = WriteWindow.open(ticker, Duration.ofSeconds(5));
        VaultRequest request = VaultRequest.writeOnce("write", "secret/data/" + RECORD, out -> {})
                .whileWanted(second::isOpen);
        server.overload(1);
        assertThatThrownBy(() -> client.call(request)).hasMessageContaining("its time is over");
        assertThat(store.read(NAME).record()).isEmpty();
    }

    // ---- reports

    @Test
    void report_ofAReplicaThatIsGoneForADay_isTakenAwayByWhoeverMay() {
        VaultPolicies policies = store(builder -> {}).policies(Set.of(NAME));
        SecretStore reader =
                store(limited(policies.reader() + policies.rotator().replace("\"delete\"", "\"deny\"")), builder -> {});
        Instant now = Instant.now();
        ReplicaReport live = new ReplicaReport("live", 1, 1, now.plusSeconds(60), Map.of());
        reader.report(NAME, live);
        reader.report(NAME, new ReplicaReport("late", 1, 1, now.minus(Duration.ofHours(23)), Map.of()));
        reader.report(NAME, new ReplicaReport("gone", 1, 1, now.minus(Duration.ofHours(25)), Map.of()));
        server.put("app/slipring/replica/" + NAME + "/odd", "{\"report\":\"hunter2\"}");

        assertThat(reader.reports(NAME)).extracting(ReplicaReport::replica).containsExactly("late", "live");
        assertThat(server.everything()).contains("replica/" + NAME + "/gone");
        assertThat(store(limited(policies.rotator()), builder -> {}).reports(NAME))
                .extracting(ReplicaReport::replica)
                .containsExactly("late", "live");
        assertThat(server.everything())
                .doesNotContain("replica/" + NAME + "/gone")
                .contains("replica/" + NAME + "/odd");
    }

    // ---- plain readers

    @Test
    void plainReaders_seeThePrimaryValue_andNoFormerOne() {
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("one"));
        store.putValueIfAbsent(NAME, 2, value("two"));
        store.reconcile(NAME);
        assertThat(server.everything()).doesNotContain(PLAIN + "{");
        store.compareAndSet(primary(1, 1), window());
        store.reconcile(NAME);
        assertThat(server.plain(PLAIN)).isEqualTo(shown("value", base64("one"), 1));
        store.compareAndSet(primary(2, 2), window());
        store.reconcile(NAME);
        int before = server.requests();
        store.reconcile(NAME);
        assertThat(server.requests() - before).isEqualTo(2); // looked at twice, written never
        assertThat(server.plain(PLAIN)).isEqualTo(shown("value", base64("two"), 2));
        store.eraseValue(NAME, 1);
        assertThat(server.everything()).doesNotContain(base64("one"));
    }

    @Test
    void plainEntry_thatSomebodyWroteOrDeleted_isPutRight() {
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("one"));
        store.compareAndSet(primary(1, 1), window());
        server.put(PLAIN, "{\"value\":\"by hand\"}");
        store.reconcile(NAME);
        assertThat(server.plain(PLAIN)).isEqualTo(shown("value", base64("one"), 1));
        server.delete(PLAIN);
        store.reconcile(NAME);
        assertThat(server.plain(PLAIN)).isEqualTo(shown("value", base64("one"), 1));
    }

    @Test
    void plainForm_perSecret_isItsOwn() {
        SecretName key = SecretName.of("stripe");
        VaultSecretStore store = store(builder -> builder.clock(clock).plainForm(NAME, PlainForm.text("api_key")));
        for (SecretName secret : List.of(NAME, key)) {
            store.putValueIfAbsent(secret, 1, value("q\"1"));
            store.compareAndSet(at(secret, 1, "a"), window());
            store.reconcile(secret);
        }
        assertThat(server.plain(PLAIN)).isEqualTo(shown("api_key", "q\\\"1", 1));
        assertThat(server.plain("app/stripe")).isEqualTo(shown("value", base64("q\"1"), 1));
        assertThatThrownBy(() -> PlainForm.text("x").fields(SecretValue.copyOf(new byte[] {(byte) 0xc3})))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void store_withoutPlainReaders_showsNothing() {
        VaultSecretStore store = store(builder -> builder.clock(clock).withoutPlainReaders());
        store.putValueIfAbsent(NAME, 1, value("one"));
        store.compareAndSet(at(1, "a"), window());
        store.reconcile(NAME);
        assertThat(store.traits().mirrors()).isFalse();
        assertThat(server.everything()).doesNotContain(VaultSecretStore.MARK);
    }

    @Test
    void mountThatIsNotThere_isNoMissingRecord() {
        VaultSecretStore store = store(builder -> builder.mount("elsewhere"));
        assertThatThrownBy(() -> store.read(NAME))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("no handler for route");
    }

    private static String shown(String field, String text, int version) {
        return "{\"" + field + "\":\"" + text + "\",\"" + VaultSecretStore.MARK + "\":\"" + version + "\"}";
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }
}
