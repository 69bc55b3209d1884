package dev.slipring.apikey;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JWEAlgorithm;
import dev.slipring.apikey.FakeStripeApp.Fault;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Rotator;
import dev.slipring.rotation.UseReport;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.SecretRecord;
import dev.slipring.testing.ManualClock;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StripeAppKeysTest {
    private static final SecretName NAME = SecretName.of("stripe");
    private static final RotationPolicy POLICY = RotationPolicy.apiKeys(Duration.ofDays(90));

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final FakeStripeApp stripe = new FakeStripeApp(clock);
    private final SecretValue appKey = stripe.appKey();

    @AfterEach
    void close() {
        stripe.close();
    }

    private HttpIssuer.Builder prepared() {
        return StripeAppKeys.preview(FakeStripeApp.VERSION)
                .address(stripe.address())
                .account(FakeStripeApp.ACCOUNT)
                .keys("shop", Set.of("customers_read", "charges_read"), ApiCredential.in(KeyHeader.basicUser(), appKey))
                .ticker(clock);
    }

    private static Issuance issuance(int version) {
        return new Issuance(NAME, version, Optional.of(version % 2 == 1 ? "a" : "b"), "id" + version, version, 1);
    }

    // ---- minting

    @ParameterizedTest
    @ValueSource(strings = {"RSA-OAEP", "RSA-OAEP-256"})
    void mint_inLiveMode_opensWhatWasEncryptedToItsOwnKey(String algorithm) {
        stripe.seals(JWEAlgorithm.parse(algorithm), EncryptionMethod.A256GCM);

        SecretValue key = prepared().build().mint(issuance(1), List.of());

        assertThat(stripe.knows(key)).isTrue();
        assertThat(stripe.active()).containsExactly("shop-a-r1-id1");
        assertThat(stripe.requests())
                .singleElement()
                .asString()
                .startsWith(
                        "POST /v2/iam/api_keys {\"type\":\"secret_key\",\"name\":\"shop-a-r1-id1\","
                                + "\"permissions\":[\"charges_read\",\"customers_read\"],"
                                + "\"public_key\":{\"pem_key\":{\"algorithm\":\"RSA\",\"data\":\"-----BEGIN PUBLIC KEY-----\\n");
    }

    @Test
    void mint_inTestMode_takesTheValueAsItIs() {
        stripe.testMode();

        assertThat(stripe.knows(prepared().build().mint(issuance(1), List.of())))
                .isTrue();
    }

    @Test
    void mint_encryptedInAnotherWay_isRefusedByTheHeadersMember() {
        stripe.seals(JWEAlgorithm.RSA_OAEP_512, EncryptionMethod.A256GCM);
        assertThatThrownBy(() -> prepared().build().mint(issuance(1), List.of()))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("header's alg");

        stripe.seals(JWEAlgorithm.RSA_OAEP_256, EncryptionMethod.A128GCM);
        assertThatThrownBy(() -> prepared().build().mint(issuance(1), List.of()))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("header's enc");
    }

    @Test
    void mint_appNotInstalled_saysWhichRightIsMissing() {
        stripe.uninstall();

        assertThatThrownBy(() -> prepared().build().mint(issuance(1), List.of()))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("api_key_write");
        assertThat(stripe.active()).isEmpty();
    }

    // ---- lists

    @Test
    void list_inTestMode_leavesTheValuesBehind() {
        ApiReply reply = new ApiReply(
                200,
                "{\"data\":[{\"id\":\"mk_1\",\"secret_key\":{\"token\":\"planted\"},\"name\":null}]}"
                        .getBytes(US_ASCII));

        assertThat(reply.items("data", Set.of("id", "name")).toString())
                .contains("mk_1")
                .doesNotContain("planted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example/x?limit=100&page=0", "/v2/iam/api_keys?limit=100&page=0"})
    void pages_thatComeToNoEndOrLeadElsewhere_areReadFromStripeAloneAndEnd(String next) {
        stripe.nextPage(next);

        assertThatThrownBy(() -> prepared().build().sweep(NAME, 1, List.of()))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("no end");
        assertThat(stripe.requests()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://api.stripe.com/v2/iam/api_keys", "not a url?x", ""})
    void page_withoutAQuery_isRefused(String next) {
        stripe.nextPage(next);

        assertThatThrownBy(() -> prepared().build().sweep(NAME, 1, List.of()))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("next page");
    }

    @Test
    void use_isToldFromTheLastUse() {
        HttpIssuer issuer = prepared().build();
        SecretValue key = issuer.mint(issuance(1), List.of());
        assertThat(issuer.use(issuance(1))).isEqualTo(UseReport.IDLE);

        issuer.probe(issuance(1), key);
        assertThat(issuer.use(issuance(1))).isEqualTo(UseReport.IN_USE);
        clock.advance(Duration.ofHours(26));
        assertThat(issuer.use(issuance(1))).isEqualTo(UseReport.IDLE);
    }

    // ---- bad input

    @Test
    void options_thatCouldLeadElsewhere_areRefused() {
        StripeAppKeys keys = StripeAppKeys.preview(FakeStripeApp.VERSION);
        ApiCredential app = ApiCredential.in(KeyHeader.basicUser(), appKey);

        for (String version : List.of("", "2026-08-26", "2026-08-26.preview\r\nX: y", "latest")) {
            assertThatIllegalArgumentException().isThrownBy(() -> StripeAppKeys.preview(version));
        }
        for (String account : List.of("", "acct_", "acct_1\n", "shop", "acct_1/2")) {
            assertThatIllegalArgumentException().isThrownBy(() -> keys.account(account));
        }
        for (Set<String> permissions : List.of(Set.<String>of(), Set.of("charges read"), Set.of(""))) {
            assertThatIllegalArgumentException().isThrownBy(() -> keys.keys("shop", permissions, app));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> keys.address(URI.create("http://stripe.example")));
    }

    // ---- rotations

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"BROKEN", "LOST_AFTER"})
    void rotation_disturbedAtARequest_endsWithOneKeyAndWithoutOrphans(Fault fault) {
        List<String> requests = rotated(-1, fault);

        Map<String, Integer> seen = new HashMap<>();
        for (int k = 0; k < requests.size(); k++) {
            String kind = requests.get(k).replaceFirst("mk_[0-9]+", "KEY");
            if (seen.merge(kind, 1, Integer::sum) <= 2) {
                rotated(k, fault);
            }
        }
        assertThat(seen)
                .containsOnlyKeys(
                        "POST /v2/iam/api_keys",
                        "POST /v2/iam/api_keys/KEY/expire",
                        "GET /v2/iam/api_keys?limit=100",
                        "GET /v2/iam/api_keys?limit=100&page=2",
                        "GET /v1/balance");
    }

    /** Plays a creation and a rotation, in which the {@code k}-th request goes wrong; the requests that it took. */
    private List<String> rotated(int k, Fault fault) {
        try (FakeStripeApp service = new FakeStripeApp(clock)) {
            List<String> requests = new ArrayList<>();
            service.faults(line -> {
                requests.add(line);
                return requests.size() == k + 1 ? fault : Fault.NONE;
            });
            service.make("somebody-elses");
            InMemorySecretStore store = InMemorySecretStore.create(clock);
            HttpIssuer issuer = StripeAppKeys.preview(FakeStripeApp.VERSION)
                    .address(service.address())
                    .account(FakeStripeApp.ACCOUNT)
                    .keys("shop", Set.of("charges_read"), ApiCredential.in(KeyHeader.basicUser(), appKey))
                    .ticker(clock)
                    .build();
            Rotator rotator = Rotator.builder(NAME, store, issuer, POLICY)
                    .ticker(clock)
                    .audit(event -> {})
                    .build();
            for (int i = 0; i < 400 && !isOver(store); i++) {
                try {
                    Instant until = rotator.run().until();
                    if (store.read(NAME)
                            .record()
                            .filter(r -> r.version(2).isEmpty())
                            .isPresent()) {
                        rotator.command(new Command.Rotate("ada", "asked"));
                    } else {
                        moveTo(until);
                    }
                } catch (IssuerException e) {
                    clock.advance(Duration.ofMinutes(1));
                }
                assertPrimaryWorks(store, service);
            }
            SecretRecord record = store.read(NAME).record().orElseThrow();
            assertThat(service.active())
                    .as("%s at request %d: %s", fault, k, record)
                    .containsExactly(
                            "somebody-elses", "shop-b-r2-" + record.rotation().id());
            return requests;
        }
    }

    private static boolean isOver(InMemorySecretStore store) {
        return store.read(NAME)
                .record()
                .flatMap(record -> record.version(1))
                .filter(version -> version.state() == VersionState.DESTROYED)
                .isPresent();
    }

    private static void assertPrimaryWorks(InMemorySecretStore store, FakeStripeApp service) {
        store.read(NAME).record().ifPresent(record -> {
            int primary = record.versions().stream()
                    .filter(v -> v.state() == VersionState.PRIMARY)
                    .findFirst()
                    .orElseThrow()
                    .number();
            assertThat(service.works(store.value(NAME, primary).orElseThrow())).isTrue();
        });
    }

    private void moveTo(Instant until) {
        Duration step = Duration.between(clock.instant(), until);
        boolean near = !step.isNegative() && !step.isZero() && step.compareTo(Duration.ofDays(80)) < 0;
        clock.advance(near ? step : Duration.ofMinutes(1));
    }
}
