package dev.slipring.vault;

import static dev.slipring.contract.Records.NAME;
import static dev.slipring.contract.Records.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.slipring.contract.SecretStoreContract;
import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.KeyringReader;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.vault.VaultException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the store and its policies do on every server, the double and a real one. */
abstract class VaultStoreContract extends SecretStoreContract {
    private static final SecretName OTHER = SecretName.of("orders.db-login.b");

    private final List<VaultClient> clients = new ArrayList<>();

    /** Somebody who may do everything. */
    abstract VaultClient.Builder client();

    /** Somebody who may do what {@code policy} says, and nothing else. */
    abstract VaultClient.Builder limited(String policy);

    /** Below which the store of this test is. */
    String prefix() {
        return "app";
    }

    @AfterEach
    final void closeClients() {
        clients.forEach(VaultClient::close);
    }

    @Override
    protected final int epochs() {
        return 30;
    }

    final VaultSecretStore store(VaultClient.Builder client, Consumer<VaultSecretStore.Builder> options) {
        VaultClient patient = opened(client.requestTimeout(Duration.ofSeconds(60))
                .deadline(Duration.ofSeconds(120))
                .pause(length -> {}));
        VaultSecretStore.Builder builder = VaultSecretStore.builder(patient, prefix());
        options.accept(builder);
        return builder.build();
    }

    /** A client that ends with the test. */
    final VaultClient opened(VaultClient.Builder builder) {
        VaultClient client = builder.build();
        synchronized (clients) {
            clients.add(client);
        }
        return client;
    }

    private VaultPolicies policies() {
        return store(client(), builder -> {}).policies(Set.of(NAME));
    }

    private VaultSecretStore holder(String policy) {
        return store(limited(policy), builder -> builder.clock(clock));
    }

    private String path(String operation, String of) {
        return "secret/" + operation + "/" + prefix() + "/slipring/" + of + "/" + NAME;
    }

    // ---- values that move

    @Test
    void stagedValue_movesOnceItsVersionIsAccepted_andIsTheSameToEverybody() {
        VaultSecretStore store = store(client(), builder -> builder.clock(clock));
        VersionValues values = values();
        store.putValueIfAbsent(NAME, 1, value("one"));
        store.compareAndSet(staged(1), window());
        assertThat(values.look(prefix() + "/slipring/staged/" + NAME + "/1").value())
                .contains(value("one"));
        store.compareAndSet(published(2), window());

        assertThat(values.look(prefix() + "/slipring/value/" + NAME + "/1").value())
                .contains(value("one"));
        assertThat(values.look(prefix() + "/slipring/staged/" + NAME + "/1").value())
                .isEmpty();
        assertThat(store.putValueIfAbsent(NAME, 1, value("two"))).isEqualTo(value("one"));
        assertThat(store.replaceValue(NAME, 1, value("one"), value("two"))).isTrue();
        assertThat(store.value(NAME, 1)).contains(value("two"));
        store.eraseValue(NAME, 1);
        assertThat(store.value(NAME, 1)).isEmpty();
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> store.putValueIfAbsent(NAME, 1, value("again")))
                .withMessageContaining("was erased");
    }

    @Test
    void value_whoseMoveWasBrokenOff_isThere_andIsMovedByWhoeverChangesIt() {
        VaultSecretStore store = store(client(), builder -> builder.clock(clock));
        KeyValueEngine engine = engine();
        for (int version = 1; version <= 3; version++) {
            String path = prefix() + "/slipring/staged/" + NAME + "/" + version;
            engine.putIfAbsent(path, out -> {
                out.writeStringField("leaving", "by slipring");
                out.writeStringField("value", "b25l"); // one
            });
            assertThat(store.value(NAME, version)).contains(value("one"));
        }
        assertThat(store.putValueIfAbsent(NAME, 1, value("two"))).isEqualTo(value("one"));
        assertThat(store.compareAndSet(published(1), window())).isTrue();
        assertThat(store.replaceValue(NAME, 2, value("one"), value("two"))).isTrue();
        store.eraseValue(NAME, 3);
        List<VersionValues.Stored> accepted = List.of(1, 2, 3).stream()
                .map(version -> values().look(prefix() + "/slipring/value/" + NAME + "/" + version))
                .toList();
        assertThat(accepted.get(0).value()).contains(value("one"));
        assertThat(accepted.get(1).value()).contains(value("two"));
        assertThat(accepted.get(2).value()).isEmpty();
        for (int version = 1; version <= 3; version++) {
            assertThat(values().look(prefix() + "/slipring/staged/" + NAME + "/" + version)
                            .value())
                    .isEmpty();
        }
    }

    private KeyValueEngine engine() {
        return new KeyValueEngine(opened(client()), "secret");
    }

    private VersionValues values() {
        return new VersionValues(engine(), new VaultPaths("secret", prefix()));
    }

    // ---- rights

    @Test
    void reader_readsWhatIsPublished_reports_andNothingElse() {
        VaultSecretStore rotator = holder(policies().rotator());
        VaultSecretStore reader = holder(policies().reader());
        rotator.putValueIfAbsent(NAME, 1, value("one"));
        rotator.compareAndSet(at(1, "a"), window());
        rotator.putValueIfAbsent(NAME, 2, value("two"));
        ReplicaReport report = new ReplicaReport("a", 1, 1, Instant.parse("2099-01-01T00:00:00Z"), Map.of());

        assertThat(reader.read(NAME).record()).contains(at(1, "a"));
        assertThat(KeyringReader.of(reader, NAME).load(null).primary().value()).isEqualTo(value("one"));
        reader.report(NAME, report);
        assertThat(rotator.reports(NAME)).containsExactly(report);

        denied("read", path("data", "staged") + "/2", () -> reader.value(NAME, 2));
        denied("write", path("data", "record"), () -> reader.compareAndSet(at(2, "b"), window()));
        denied(
                "write",
                path("data", "record"),
                () -> reader.compareAndSet(at(2, "b").reincarnated(0), window()));
        denied("read", path("data", "staged") + "/3", () -> reader.putValueIfAbsent(NAME, 3, value("three")));
        denied("configure", path("metadata", "value") + "/1", () -> reader.eraseValue(NAME, 1));
        denied(
                "configure",
                path("metadata", "value") + "/1",
                () -> reader.replaceValue(NAME, 1, value("one"), value("two")));
        denied("read", "/slipring/installation", reader::installationKey);
        denied("list", "/slipring/record", reader::names);
        denied("read", "secret/data/" + prefix() + "/" + NAME, () -> reader.reconcile(NAME));
        denied("read", "/slipring/record/" + OTHER, () -> reader.read(OTHER));
        denied("read", "/slipring/value/" + OTHER + "/1", () -> reader.value(OTHER, 1));
        assertThat(rotator.value(NAME, 1)).contains(value("one"));
    }

    @Test
    void reader_onceAVersionIsPublished_readsItsValue() {
        VaultSecretStore rotator = holder(policies().rotator());
        VaultSecretStore reader = holder(policies().reader());
        rotator.putValueIfAbsent(NAME, 1, value("one"));
        rotator.compareAndSet(staged(1), window());
        denied("read", path("data", "staged") + "/1", () -> reader.value(NAME, 1));
        rotator.compareAndSet(published(2), window());
        assertThat(reader.value(NAME, 1)).contains(value("one"));
    }

    @Test
    void rotator_rotatesAndErases_andTakesNothingAwayForGood() {
        VaultPolicies policies = policies();
        VaultSecretStore rotator = holder(policies.rotator());
        rotator.installationKey().wipe();
        assertThat(rotator.names()).isEmpty();
        rotator.putValueIfAbsent(NAME, 1, value("one"));
        assertThat(rotator.compareAndSet(at(1, "a"), window())).isTrue();
        rotator.reconcile(NAME);
        rotator.putValueIfAbsent(NAME, 2, value("two"));
        assertThat(rotator.replaceValue(NAME, 2, value("two"), value("three"))).isTrue();
        rotator.eraseValue(NAME, 2);
        assertThat(rotator.value(NAME, 2)).isEmpty();
        assertThat(rotator.names()).containsExactly(NAME);

        takesNothingAway(policies.rotator());
        denied("read", "/slipring/record/" + OTHER, () -> rotator.read(OTHER));
        denied("read", "/slipring/value/" + OTHER + "/1", () -> rotator.putValueIfAbsent(OTHER, 1, value("x")));
        assertThat(rotator.read(NAME).record()).contains(at(1, "a"));
        assertThat(rotator.value(NAME, 1)).contains(value("one"));
        assertThat(policies.toString() + rotator).doesNotContain("rotator");
    }

    @Test
    void keepingRotator_rotates_andErasesNoPublishedValue_whichAnOperatorDoes() {
        VaultPolicies policies = policies();
        VaultSecretStore rotator = holder(policies.keepingRotator());
        rotator.installationKey().wipe();
        rotator.putValueIfAbsent(NAME, 1, value("one"));
        assertThat(rotator.compareAndSet(staged(1), window())).isTrue();
        assertThat(rotator.compareAndSet(published(2), window())).isTrue();
        rotator.reconcile(NAME);
        rotator.putValueIfAbsent(NAME, 2, value("two"));
        rotator.eraseValue(NAME, 2); // was never published
        assertThat(rotator.value(NAME, 2)).isEmpty();

        denied("configure", path("metadata", "value") + "/1", () -> rotator.eraseValue(NAME, 1));
        denied(
                "configure",
                path("metadata", "value") + "/1",
                () -> rotator.replaceValue(NAME, 1, value("one"), value("two")));
        VaultClient raw = opened(limited(policies.keepingRotator()));
        denied(
                "write",
                path("data", "value") + "/1",
                () -> new KeyValueEngine(raw, "secret")
                        .compareAndSet(
                                prefix() + "/slipring/value/" + NAME + "/1",
                                1,
                                out -> out.writeStringField("erased", "by force"),
                                () -> true));
        takesNothingAway(policies.keepingRotator());
        assertThat(rotator.value(NAME, 1)).contains(value("one"));

        holder(policies.operator()).eraseValue(NAME, 1);
        assertThat(rotator.value(NAME, 1)).isEmpty();
    }

    @Test
    void operator_undeletes_andDestroysForGood_whatIsNamed() {
        VaultPolicies policies = policies();
        VaultSecretStore operator = holder(policies.operator());
        operator.putValueIfAbsent(NAME, 1, value("one"));
        operator.compareAndSet(at(1, "a"), window());
        VaultClient raw = opened(limited(policies.operator()));
        opened(client()).call(VaultRequest.delete("delete", path("data", "record")));

        raw.call(versions("undelete", path("undelete", "record")));
        assertThat(operator.read(NAME).record()).contains(at(1, "a"));
        assertThat(operator.compareAndSet(at(2, "a").reincarnated(0), window())).isTrue();
        raw.call(versions("destroy", path("destroy", "value") + "/1"));
        assertThat(operator.value(NAME, 1)).isEmpty();
        String other = path("destroy", "value").replace(NAME.value(), OTHER.value()) + "/1";
        denied("destroy", other, () -> raw.call(versions("destroy", other)));
        denied(
                "remove",
                path("metadata", "record"),
                () -> raw.call(VaultRequest.delete("remove", path("metadata", "record"))));
    }

    /** Neither what is kept nor that there was something, by none of the ways of the engine. */
    private void takesNothingAway(String policy) {
        VaultClient client = opened(limited(policy));
        for (String place : List.of(path("", "record"), path("", "value") + "/1", path("", "staged") + "/1")) {
            String below = place.substring("secret//".length());
            for (String operation : List.of("destroy", "undelete", "delete")) {
                String path = "secret/" + operation + "/" + below;
                denied(operation, path, () -> client.call(versions(operation, path)));
            }
            for (String operation : List.of("data", "metadata")) {
                String path = "secret/" + operation + "/" + below;
                denied("remove", path, () -> client.call(VaultRequest.delete("remove", path)));
            }
        }
    }

    private static VaultRequest versions(String operation, String path) {
        return VaultRequest.write(operation, path, out -> {
            out.writeArrayFieldStart("versions");
            out.writeNumber(1);
            out.writeEndArray();
        });
    }

    private static void denied(String operation, String path, ThrowingCallable call) {
        assertThatExceptionOfType(Exception.class).isThrownBy(call).satisfies(e -> {
            VaultException denial = e instanceof VaultException direct ? direct : (VaultException) e.getCause();
            assertThat(e).isInstanceOfAny(VaultException.class, StoreUnavailableException.class);
            assertThat(denial.kind()).isEqualTo(Kind.DENIED);
            assertThat(denial.operation()).isEqualTo(operation);
            assertThat(denial.path()).contains(path);
            assertThat(e.getMessage()).contains("vault " + operation + " at ", path, "permission denied");
        });
    }

    // ---- records

    private static SecretRecord staged(long epoch) {
        return at(epoch, "s").with(1, version -> version.in(VersionState.STAGED));
    }

    private static SecretRecord published(long epoch) {
        return at(epoch, "p").with(1, version -> version.in(VersionState.PUBLISHED));
    }

    /** The record whose primary version is {@code number}, 1 or 2. */
    static SecretRecord primary(long epoch, int number) {
        SecretRecord record = at(epoch, "p");
        SecretVersion only = record.versions().get(0);
        return number == 1
                ? record
                : record.with(1, v -> v.in(VersionState.RETIRING))
                        .plus(SecretVersion.staged(number, only.origin(), only.slot())
                                .in(VersionState.PRIMARY));
    }
}
