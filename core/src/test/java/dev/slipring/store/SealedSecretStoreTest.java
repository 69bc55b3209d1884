package dev.slipring.store;

import static dev.slipring.contract.Records.NAME;
import static dev.slipring.contract.Records.at;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.contract.Records;
import dev.slipring.contract.SecretStoreContract;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.testing.FaultInjectingStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A store like any other whose inner store never sees a value; then root keys that change. */
class SealedSecretStoreTest extends SecretStoreContract {
    private static final SecretName OTHER = SecretName.of("other");
    private static final SecretName RESERVED = SecretName.of("slipring.installation-key");
    private static final String PLACE = "secret orders.db-login version 1";

    private final InMemorySecretStore inner = InMemorySecretStore.create(clock);
    private final RootSealer sealer = RootSealer.with(1);

    @Override
    protected SecretStore open() {
        return SealedSecretStore.around(inner, sealer);
    }

    @Override
    protected int longestValue() {
        return SecretValue.MAX_LENGTH - RootSealer.OVERHEAD;
    }

    private SealedSecretStore sealed() {
        return SealedSecretStore.around(inner, sealer);
    }

    // ---- at rest

    @Test
    void innerStore_neverSeesAValue() {
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("hunter2"));
        SecretValue key = store.installationKey();

        String stored = inner.value(NAME, 1).orElseThrow().reveal(bytes -> new String(bytes, UTF_8));
        assertThat(stored).doesNotContain("hunter2");
        assertThat(inner.value(RESERVED, 1).orElseThrow()).isNotEqualTo(key);
        assertThat(inner.installationKey()).isNotEqualTo(key);
    }

    @Test
    void putValueIfAbsent_afterAnotherReplicasSealing_returnsWhatThatOneStored() {
        open().putValueIfAbsent(NAME, 1, value("first"));
        SecretStore beside = SealedSecretStore.around(inner, RootSealer.with(2, 1));

        assertThat(beside.putValueIfAbsent(NAME, 1, value("second"))).isEqualTo(value("first"));
        assertThat(open().value(NAME, 1)).contains(value("first"));
    }

    @Test
    void value_movedToAnotherVersionOrSecret_isRefused() {
        open().putValueIfAbsent(NAME, 1, value("hunter2"));
        SecretValue sealed = inner.value(NAME, 1).orElseThrow();
        inner.putValueIfAbsent(NAME, 2, sealed);
        inner.putValueIfAbsent(OTHER, 1, sealed);

        assertUnusable(() -> open().value(NAME, 2), NAME + " version 2");
        assertUnusable(() -> open().value(OTHER, 1), "other version 1");
    }

    @Test
    void value_underARootThatIsNotAtHand_isUnavailable() {
        open().putValueIfAbsent(NAME, 1, value("hunter2"));
        SecretStore late = SealedSecretStore.around(inner, RootSealer.with(2));

        assertThatThrownBy(() -> late.value(NAME, 1))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContainingAll(PLACE.substring(7), "root version 1");
        assertThatThrownBy(() -> late.putValueIfAbsent(NAME, 1, value("other")))
                .isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void putValueIfAbsent_tooLongToBeSealed_isRefusedAndNothingStored() {
        SecretValue longest = SecretValue.copyOf(new byte[SecretValue.MAX_LENGTH]);
        assertThatThrownBy(() -> open().putValueIfAbsent(NAME, 1, longest))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("49152 bytes");
        assertThat(inner.value(NAME, 1)).isEmpty();
    }

    @Test
    void reservedName_isNoSecrets() {
        SecretStore store = open();
        store.installationKey();
        for (Runnable call : List.<Runnable>of(
                () -> store.read(RESERVED),
                () -> store.value(RESERVED, 1),
                () -> store.putValueIfAbsent(RESERVED, 2, value("x")),
                () -> store.replaceValue(RESERVED, 1, value("x"), value("y")),
                () -> store.eraseValue(RESERVED, 1),
                () -> store.compareAndSet(at(RESERVED, 1, "a"), window()))) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("reserved");
        }
    }

    // ---- values that were there before

    @Test
    void unsealedValue_isRefusedNamingSecretAndVersion() {
        inner.putValueIfAbsent(NAME, 1, value("hunter2"));

        assertUnusable(() -> open().value(NAME, 1), PLACE, "unsealed");
        assertUnusable(() -> open().putValueIfAbsent(NAME, 1, value("x")), PLACE, "unsealed");
        assertUnusable(() -> open().replaceValue(NAME, 1, value("hunter2"), value("x")), PLACE, "unsealed");
        assertThat(inner.value(NAME, 1)).contains(value("hunter2"));
    }

    @Test
    void unsealedValue_inAMigration_isUsedAndSealedUntilItEnds() {
        inner.putValueIfAbsent(NAME, 1, value("hunter2"));
        inner.putValueIfAbsent(NAME, 2, value("hunter3"));
        inner.compareAndSet(Records.full(1), window());
        inner.putValueIfAbsent(NAME, 3, value("hunter4"));
        SealedSecretStore migrating = SealedSecretStore.builder(inner, sealer)
                .clock(clock)
                .acceptUnsealedUntil(clock.instant().plusSeconds(60))
                .build();

        assertThat(migrating.value(NAME, 1)).contains(value("hunter2"));
        assertThat(migrating.census()).isEqualTo(new SealCensus(Map.of(), 2, Map.of()));
        assertThat(migrating.resealAll()).isEqualTo(new ResealReport(2, 0, 0, Map.of()));
        assertThat(migrating.value(NAME, 1)).contains(value("hunter2"));
        assertThat(migrating.census()).isEqualTo(new SealCensus(Map.of(1, 2L), 0, Map.of()));
        assertThat(open().value(NAME, 1)).contains(value("hunter2"));

        clock.advance(Duration.ofSeconds(60).minusNanos(1));
        assertThat(migrating.value(NAME, 2)).contains(value("hunter3"));
        clock.advance(Duration.ofNanos(1));
        assertUnusable(() -> migrating.value(NAME, 2), "version 2", "unsealed");
    }

    @Test
    void unsealedInstallationKey_isRefusedInAMigrationToo() {
        inner.putValueIfAbsent(RESERVED, 1, value("planted by somebody else, 32 byte"));
        SealedSecretStore migrating = SealedSecretStore.builder(inner, sealer)
                .clock(clock)
                .acceptUnsealedUntil(clock.instant().plusSeconds(60))
                .build();

        assertUnusable(migrating::installationKey, RESERVED.value(), "unsealed");
        assertThat(migrating.resealAll().failed()).containsOnlyKeys("secret " + RESERVED + " version 1");
    }

    // ---- another root key

    @Test
    void resealAll_bringsEveryVersionAndTheInstallationKeyUnderTheNewRoot() {
        SealedSecretStore store = sealed();
        SecretValue key = store.installationKey();
        fill(store);
        sealer.accept(2);
        sealer.sealWith(2);
        assertThat(store.census().byRootVersion()).isEqualTo(Map.of(1, 5L));
        assertThat(store.census().remaining(1)).hasValue(5);

        assertThat(store.resealAll()).isEqualTo(new ResealReport(5, 0, 0, Map.of()));

        assertThat(store.census()).isEqualTo(new SealCensus(Map.of(2, 5L), 0, Map.of()));
        assertThat(store.census().remaining(1)).hasValue(0);
        assertThat(store.resealAll()).isEqualTo(new ResealReport(0, 5, 0, Map.of()));
        sealer.drop(1);
        assertThat(store.value(NAME, 1)).contains(value("one"));
        assertThat(store.value(NAME, 3)).contains(value("three"));
        assertThat(store.value(OTHER, 1)).contains(value("other"));
        assertThat(store.installationKey()).isEqualTo(key);
    }

    @Test
    void resealAll_whatFails_isReportedAndKeepsNothingElseFromBeingDone() {
        SealedSecretStore store = sealed();
        fill(store);
        inner.replaceValue(NAME, 1, inner.value(NAME, 1).orElseThrow(), value("plain"));
        SecretValue third = inner.value(NAME, 3).orElseThrow();
        inner.replaceValue(NAME, 3, third, inner.value(OTHER, 1).orElseThrow());
        sealer.accept(2);
        sealer.sealWith(2);

        ResealReport report = store.resealAll();

        assertThat(report.complete()).isFalse();
        assertThat(report.changed()).isEqualTo(2);
        assertThat(report.failed()).containsOnlyKeys(PLACE, PLACE.replace("version 1", "version 3"));
        assertThat(report.failed().get(PLACE)).contains("unsealed");
        assertThat(store.census().remaining(1)).isEmpty();
        assertThat(store.census().byRootVersion()).isEqualTo(Map.of(2, 2L));
    }

    @Test
    void resealAll_recordThatCannotBeRead_isReported() {
        fill(sealed());
        SealedSecretStore store = SealedSecretStore.around(
                new ForwardingStore(inner) {
                    @Override
                    public Reading read(SecretName secret) {
                        if (secret.equals(OTHER)) {
                            throw new UnusableRecordException("damaged", null);
                        }
                        return super.read(secret);
                    }
                },
                sealer);

        assertThat(store.resealAll()).isEqualTo(new ResealReport(0, 3, 0, Map.of("secret other", "damaged")));
    }

    @Test
    void resealAll_valueErasedMeanwhile_staysGone() {
        fill(sealed());
        sealer.accept(2);
        sealer.sealWith(2);
        SealedSecretStore store = SealedSecretStore.around(
                new ForwardingStore(inner) {
                    @Override
                    public boolean replaceValue(
                            SecretName secret, int version, SecretValue expected, SecretValue next) {
                        inner.eraseValue(secret, version);
                        return super.replaceValue(secret, version, expected, next);
                    }
                },
                sealer);

        assertThat(store.resealAll()).isEqualTo(new ResealReport(0, 0, 4, Map.of()));
        assertThat(inner.value(NAME, 1)).isEmpty();
    }

    @Test
    void resealAll_valueThatOthersKeepReplacing_isReported() {
        fill(sealed());
        sealer.accept(2);
        sealer.sealWith(2);
        SealedSecretStore store = SealedSecretStore.around(
                new ForwardingStore(inner) {
                    @Override
                    public boolean replaceValue(
                            SecretName secret, int version, SecretValue expected, SecretValue next) {
                        return version != 1 && super.replaceValue(secret, version, expected, next);
                    }
                },
                sealer);

        ResealReport report = store.resealAll();
        assertThat(report.changed()).isEqualTo(2);
        assertThat(report.failed()).containsOnlyKeys(PLACE, "secret other version 1");
    }

    @Test
    void resealAll_lostReply_isDoneTheNextTime() {
        fill(sealed());
        sealer.accept(2);
        sealer.sealWith(2);
        FaultInjectingStore faulty = FaultInjectingStore.around(inner, clock);
        faulty.loseReplies(1);
        SealedSecretStore store = SealedSecretStore.around(faulty, sealer);

        ResealReport first = store.resealAll();
        assertThat(first.changed()).isEqualTo(3);
        assertThat(first.failed()).hasSize(1);
        assertThat(store.resealAll()).isEqualTo(new ResealReport(0, 4, 0, Map.of()));
    }

    @Test
    void resealAll_storeWithoutReplaceValue_saysSo() {
        fill(sealed());
        sealer.accept(2);
        sealer.sealWith(2);
        SealedSecretStore store = SealedSecretStore.around(
                new ForwardingStore(inner) {
                    @Override
                    public boolean replaceValue(
                            SecretName secret, int version, SecretValue expected, SecretValue next) {
                        throw new UnsupportedOperationException("no");
                    }
                },
                sealer);

        assertThatThrownBy(store::resealAll).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void resealAll_byTwoReplicasBesideReaders_changesEachValueOnceAndAlwaysOpens() throws Exception {
        int versions = 60;
        SealedSecretStore store = sealed();
        SecretRecord record = at(1, "a");
        for (int version = 1; version <= versions; version++) {
            int number = version;
            store.putValueIfAbsent(NAME, version, value("v" + version));
            record = version == 1
                    ? record
                    : record.plus(
                            SecretVersion.staged(number, new SecretVersion.Origin("r", number, 1), Optional.empty()));
        }
        store.compareAndSet(record, window());
        sealer.accept(2);
        sealer.sealWith(2);
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService pool = Executors.newFixedThreadPool(3);
        try {
            Future<ResealReport> a = pool.submit(() -> sealed().resealAll());
            Future<ResealReport> b = pool.submit(() -> sealed().resealAll());
            Future<Void> reader = pool.submit(() -> {
                for (int i = 0; !done.get(); i++) {
                    int version = i % versions + 1;
                    assertThat(sealed().value(NAME, version)).contains(value("v" + version));
                }
                return null;
            });
            ResealReport fromA = a.get();
            ResealReport fromB = b.get();
            done.set(true);
            reader.get();
            assertThat(fromA.complete() && fromB.complete()).isTrue();
            assertThat(fromA.changed() + fromB.changed()).isEqualTo(versions);
            assertThat(fromA.unchanged() + fromB.unchanged()).isEqualTo(versions);
        } finally {
            pool.shutdownNow();
        }
        assertThat(store.census().byRootVersion()).isEqualTo(Map.of(2, (long) versions));
    }

    @Test
    void replaceValue_resealedMeanwhile_stillReplaces() {
        sealed().putValueIfAbsent(NAME, 1, value("one"));
        sealer.accept(2);
        AtomicBoolean once = new AtomicBoolean();
        SecretStore store = SealedSecretStore.around(
                new ForwardingStore(inner) {
                    @Override
                    public boolean replaceValue(
                            SecretName secret, int version, SecretValue expected, SecretValue next) {
                        if (once.compareAndSet(false, true)) {
                            SecretValue resealed = RootSealer.with(2, 1)
                                    .reseal(secret, version, expected)
                                    .orElseThrow();
                            assertThat(super.replaceValue(secret, version, expected, resealed))
                                    .isTrue();
                        }
                        return super.replaceValue(secret, version, expected, next);
                    }
                },
                sealer);

        assertThat(store.replaceValue(NAME, 1, value("one"), value("two"))).isTrue();
        assertThat(store.value(NAME, 1)).contains(value("two"));
    }

    @Test
    void store_thatShowsValuesToPlainReaders_isNotSealed() {
        SecretStore showing = new ForwardingStore(inner) {
            @Override
            public StoreTraits traits() {
                return new StoreTraits(false, true);
            }
        };
        assertThatThrownBy(() -> SealedSecretStore.around(showing, sealer))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("plain readers");
    }

    @Test
    void toString_namesTheInnerStore() {
        assertThat(open()).hasToString("SealedSecretStore[" + inner + "]");
    }

    /** Three versions of one secret, whose record names more, and one of another. */
    private void fill(SecretStore store) {
        store.putValueIfAbsent(NAME, 1, value("one"));
        store.putValueIfAbsent(NAME, 3, value("three"));
        store.putValueIfAbsent(NAME, 5, value("five"));
        store.putValueIfAbsent(OTHER, 1, value("other"));
        store.compareAndSet(Records.full(1), window());
        store.compareAndSet(at(OTHER, 1, "a"), window());
    }

    private static void assertUnusable(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOf(UnusableRecordException.class)
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("hunter");
    }
}
