package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.Slipring;
import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Answer;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.Commitment;
import dev.slipring.store.InMemoryDataKeyStore;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EnvelopeCensusTest {
    private static final SecretName KEK = SecretName.of("kek-1");

    private final FakeSecret ring = Keks.ring(1);
    private final EnvelopeEncryptor encryptor =
            EnvelopeEncryptor.builder(ring.rotating()).build();
    private final List<byte[]> notes = new ArrayList<>();
    private final List<byte[]> files = new ArrayList<>();
    private final EnvelopeCensus census = EnvelopeCensus.of("notes", notes::forEach)
            .source("files", files::forEach)
            .build();

    @AfterEach
    void close() {
        encryptor.close();
        ring.close();
    }

    @Test
    void census_beforeThereIsAnEncryptor_hasNoAnswer() {
        assertThat(census.remaining(KEK, 1)).isEmpty();
        assertThatThrownBy(census::count).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void census_countsEachVersionOverEverySource() {
        census.over(encryptor, ring.rotating());
        assertThat(census.remaining(KEK, 1)).hasValue(0);
        notes.addAll(List.of(envelope(), envelope()));
        files.add(envelope());
        ring.rotate(Keks.value(2));
        files.add(envelope());

        assertThat(census.remaining(KEK, 1)).hasValue(3);
        assertThat(census.remaining(KEK, 2)).hasValue(1);
        assertThat(census.remaining(KEK, 3)).hasValue(0);
        assertThat(census.count()).isEqualTo(new EnvelopeCount(Map.of(1, 3L, 2, 1L), Map.of(), Map.of(), Map.of()));
        notes.replaceAll(each -> encryptor.rewrap(each).bytes());
        files.replaceAll(each -> encryptor.rewrap(each).bytes());
        assertThat(census.remaining(KEK, 1)).hasValue(0);
    }

    @Test
    void census_ofAnotherSecret_hasNoAnswer() {
        census.over(encryptor, ring.rotating());
        assertThat(census.remaining(SecretName.of("other"), 1)).isEmpty();
    }

    @Test
    void census_envelopesUnderAnotherRing_needNoVersionOfThisOne() {
        try (FakeSecret other = Keks.ring(2);
                EnvelopeEncryptor both = EnvelopeEncryptor.builder(other.rotating())
                        .alsoOpens(ring.rotating())
                        .build()) {
            notes.add(envelope());
            notes.add(both.encrypt(Keks.HELLO, Keks.NOTE));
            census.over(both, ring.rotating());
            assertThat(census.remaining(KEK, 1)).hasValue(1);
        }
    }

    @Test
    void census_sourceThatFails_isNotCovered() {
        for (EnvelopeSource failing : List.<EnvelopeSource>of(
                envelopes -> {
                    throw new IOException("disk is away");
                },
                envelopes -> {
                    envelopes.accept(envelope());
                    throw new IllegalStateException("disk is away");
                })) {
            EnvelopeCensus incomplete = EnvelopeCensus.of("notes", notes::forEach)
                    .source("backup", failing)
                    .build();
            incomplete.over(encryptor, ring.rotating());

            assertThat(incomplete.remaining(KEK, 1)).isEmpty();
            assertThat(incomplete.count().failed()).containsOnlyKeys("backup");
            assertThat(incomplete.count().failed().get("backup")).contains("disk is away");
        }
    }

    @Test
    void census_sourceThatSwallowsAFailureOfTheCensus_isNotCovered() {
        notes.add(envelope());
        EnvelopeCensus careless = EnvelopeCensus.of("careless", envelopes -> {
                    try {
                        envelopes.accept(notes.get(0));
                    } catch (IllegalStateException e) {
                        assertThat(e).hasMessageContaining("closed");
                    }
                })
                .build();
        careless.over(encryptor, ring.rotating());
        assertThat(careless.remaining(KEK, 1)).hasValue(1);
        encryptor.close();
        assertThat(careless.remaining(KEK, 1)).isEmpty();
    }

    @Test
    void census_interruptedInASource_keepsTheInterrupt() {
        EnvelopeCensus interrupted = EnvelopeCensus.of("slow", envelopes -> {
                    throw new InterruptedException();
                })
                .build();
        interrupted.over(encryptor, ring.rotating());
        assertThat(interrupted.remaining(KEK, 1)).isEmpty();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void census_whatCannotBeChecked_isUnknownAndBlocks() {
        census.over(encryptor, ring.rotating());
        ring.rotate(Keks.value(2));
        byte[] relabelled = envelope();
        relabelled[12] = 1;
        for (byte[] each : List.of("plaintext".getBytes(StandardCharsets.UTF_8), relabelled)) {
            files.clear();
            files.add(each);
            assertThat(census.remaining(KEK, 1)).isEmpty();
            assertThat(census.remaining(KEK, 2)).isEmpty();
        }
        assertThat(census.count().unknown()).isEqualTo(Map.of("files", Map.of(Failure.TAMPERED, 1L)));
        assertThat(census.count().byVersion()).isEmpty();
    }

    @Test
    void census_whatNamesARevokedVersion_needsThatOneAndBlocksTheOthers() {
        census.over(encryptor, ring.rotating());
        notes.addAll(List.of(envelope(), envelope()));
        ring.rotate(Keks.value(2));
        ring.move(1, VersionState.REVOKED);
        ring.refresh();

        assertThat(census.remaining(KEK, 1)).hasValue(2);
        assertThat(census.remaining(KEK, 2)).isEmpty();
        assertThat(census.count().claimed()).isEqualTo(Map.of(1, 2L));
        files.add(envelope());
        assertThat(census.remaining(KEK, 1)).hasValue(2);
        notes.clear();
        assertThat(census.remaining(KEK, 2)).hasValue(1);
    }

    @Test
    void source_registeredTwice_isRefused() {
        assertThatThrownBy(() -> EnvelopeCensus.of("notes", notes::forEach).source("notes", files::forEach))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("notes");
        assertThat(census).hasToString("EnvelopeCensus[notes, files]");
    }

    /** The life of a KEK version under a live rotator, to its end. */
    @Test
    void kekVersion_isRevokedAndDestroyedOnceNothingNeedsIt() {
        ManualClock clock = Keks.clock();
        ManualScheduler scheduler = ManualScheduler.on(clock);
        RotationPolicy policy = RotationPolicy.encryptionKeys(Duration.ofDays(180));
        try (Slipring slipring = Slipring.builder(InMemorySecretStore.create(clock))
                .scheduler(scheduler)
                .ticker(clock)
                .build()) {
            RotatingSecret kek = slipring.secret("notes-kek", RandomIssuer.bytes(32), policy, census);
            try (EnvelopeEncryptor live = EnvelopeEncryptor.builder(kek).build()) {
                census.over(live, kek);
                byte[] row = live.encrypt(Keks.HELLO, Keks.NOTE);
                notes.add(row);
                slipring.rotate("notes-kek", "ada", "drill");
                scheduler.advance(Duration.ofDays(4));
                assertThat(state(kek)).isEqualTo(VersionState.RETIRING);

                notes.set(0, live.rewrap(row).bytes());
                scheduler.advance(Duration.ofDays(4));
                assertThat(state(kek)).isEqualTo(VersionState.REVOKED);
                assertThat(live.decrypt(notes.get(0), Keks.NOTE)).isEqualTo(Keks.HELLO);

                files.add(row); // a backup comes back
                assertThat(slipring.command("notes-kek", new Command.Destroy(1, "ada", "tidy up")))
                        .isInstanceOfSatisfying(
                                Answer.Refused.class,
                                refused -> assertThat(refused.why()).contains("1 items still need version 1"));
                files.clear();
                assertThat(slipring.command("notes-kek", new Command.Destroy(1, "ada", "tidy up")))
                        .isInstanceOf(Answer.Accepted.class);
                assertThat(kek.refresh().version(1).orElseThrow().state()).isEqualTo(VersionState.DESTROYED);
            }
        }
    }

    /** The same for data keys in a store, whose records need the KEK, not the envelopes. */
    @Test
    void kekVersion_isDestroyedOnceNoDataKeyInTheStoreNeedsIt() {
        ManualClock clock = Keks.clock();
        ManualScheduler scheduler = ManualScheduler.on(clock);
        RotationPolicy policy = RotationPolicy.encryptionKeys(Duration.ofDays(180));
        InMemoryDataKeyStore store = InMemoryDataKeyStore.create();
        EnvelopeCensus dataKeys =
                EnvelopeCensus.of("data keys", EnvelopeSource.dataKeys(store)).build();
        try (Slipring slipring = Slipring.builder(InMemorySecretStore.create(clock))
                .scheduler(scheduler)
                .ticker(clock)
                .build()) {
            RotatingSecret kek = slipring.secret("notes-kek", RandomIssuer.bytes(32), policy, dataKeys);
            try (EnvelopeEncryptor live =
                    EnvelopeEncryptor.builder(kek).reference(store).build()) {
                dataKeys.over(live, kek);
                byte[] note = live.encrypt(Keks.HELLO, Keks.NOTE);
                Commitment commitment = Envelope.parse(note).commitment();
                slipring.rotate("notes-kek", "ada", "drill");
                scheduler.advance(Duration.ofDays(4));
                assertThat(state(kek)).isEqualTo(VersionState.RETIRING);

                byte[] old = store.find(commitment).orElseThrow();
                assertThat(live.dataKeys().rewrap(null, 10).rewrapped()).isEqualTo(1);
                scheduler.advance(Duration.ofDays(4));
                assertThat(state(kek)).isEqualTo(VersionState.REVOKED);
                assertThat(live.decrypt(note, Keks.NOTE)).isEqualTo(Keks.HELLO);

                byte[] rewrapped = store.find(commitment).orElseThrow();
                store.replace(commitment, rewrapped, old); // a backup comes back
                assertThat(slipring.command("notes-kek", new Command.Destroy(1, "ada", "tidy up")))
                        .isInstanceOfSatisfying(
                                Answer.Refused.class,
                                refused -> assertThat(refused.why()).contains("1 items still need version 1"));
                store.replace(commitment, old, rewrapped);
                assertThat(slipring.command("notes-kek", new Command.Destroy(1, "ada", "tidy up")))
                        .isInstanceOf(Answer.Accepted.class);
                assertThat(kek.refresh().version(1).orElseThrow().state()).isEqualTo(VersionState.DESTROYED);
                assertThat(live.decrypt(note, Keks.NOTE)).isEqualTo(Keks.HELLO);
            }
        }
    }

    private static VersionState state(RotatingSecret kek) {
        return kek.refresh().version(1).orElseThrow().state();
    }

    private byte[] envelope() {
        return encryptor.encrypt(Keks.HELLO, Keks.NOTE);
    }
}
