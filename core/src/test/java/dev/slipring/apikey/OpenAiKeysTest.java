package dev.slipring.apikey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.apikey.FakeOpenAi.Fault;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Rotator;
import dev.slipring.rotation.UseReport;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.Phase;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiKeysTest {
    private static final SecretName NAME = SecretName.of("openai");
    private static final String ACCOUNTS = "/organization/projects/proj_abc/service_accounts";
    private static final Command ROTATE = new Command.Rotate("ada", "asked");
    private static final RotationPolicy POLICY = RotationPolicy.apiKeys(Duration.ofDays(90));

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final FakeOpenAi openAi = new FakeOpenAi(clock);
    private final SecretValue root = openAi.rootKey();
    private final HttpIssuer issuer = issuer(ApiCredential.bearer(root));

    private HttpIssuer issuer(ApiCredential admin) {
        return OpenAiKeys.at(openAi.base())
                .serviceAccounts(FakeOpenAi.PROJECT, "shop", admin)
                .ticker(clock)
                .build();
    }

    @AfterEach
    void close() {
        openAi.close();
    }

    private static Issuance issuance(int version) {
        return new Issuance(NAME, version, Optional.of(version % 2 == 1 ? "a" : "b"), "id" + version, version, 1);
    }

    private SecretVersion recorded(int version, VersionState state, Map<String, String> attributes) {
        return SecretVersion.staged(
                        version,
                        new SecretVersion.Origin("id" + version, version, 1),
                        issuance(version).slot())
                .in(state)
                .valued("00", attributes);
    }

    private static Fault once(boolean[] done, String line, String start, Fault fault) {
        if (!done[0] && line.startsWith(start)) {
            done[0] = true;
            return fault;
        }
        return Fault.NONE;
    }

    private void fault(String start, Fault fault) {
        boolean[] done = {false};
        openAi.faults(line -> once(done, line, start, fault));
    }

    // ---- minting

    @Test
    void mint_makesAServiceAccountNamedForTheVersion() {
        SecretValue key = issuer.mint(issuance(1), List.of());

        assertThat(openAi.accounts()).containsExactly("shop-a-r1-id1");
        assertThat(openAi.knows(key)).isTrue();
        assertThat(issuer.probe(issuance(1), key)).isEqualTo(ProbeVerdict.ALIVE);
        assertThat(issuer.attributes(key)).containsOnlyKeys(HttpIssuer.ATTRIBUTE);
        assertThat(openAi.bodies()).contains("{\"name\":\"shop-a-r1-id1\"}");
    }

    @Test
    void key_mintedByAnotherProcess_isFoundByItsRedactedForm() {
        SecretValue key = issuer.mint(issuance(1), List.of());
        issuer.mint(issuance(1), List.of());
        openAi.hidesKeys(true);

        Map<String, String> found = issuer(ApiCredential.bearer(root)).attributes(key);

        assertThat(found).isEqualTo(issuer.attributes(key)).isNotEmpty();
        SecretValue unknown = SecretValue.copyOf("sk-svcacct-nobodys-key".getBytes(UTF_8));
        assertThat(issuer.attributes(unknown)).isEmpty();
    }

    @Test
    void expiry_isAskedForInSeconds() {
        OpenAiKeys.at(openAi.base())
                .expiringAfter(Duration.ofDays(200))
                .serviceAccounts(FakeOpenAi.PROJECT, "shop", ApiCredential.bearer(root))
                .build()
                .mint(issuance(1), List.of());

        assertThat(openAi.bodies()).contains("{\"name\":\"shop-a-r1-id1\",\"expires_in_seconds\":17280000}");
        for (Duration life : List.of(Duration.ZERO, Duration.ofDays(366), Duration.ofMillis(999))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> OpenAiKeys.standard().expiringAfter(life));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "proj_a/..", "proj a", "proj?x=1", "proj%2f", "proj#", "proj\n", "projé"})
    void project_thatCouldLeadElsewhere_isRefused(String project) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OpenAiKeys.standard().serviceAccounts(project, "shop", ApiCredential.bearer(root)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1", "https:/v1", "https://u:p@x/v1", "https://x/v1?a=b", "https://x/v1#a"})
    void base_thatIsMoreOrLessThanAnAddress_isRefused(String base) {
        assertThatIllegalArgumentException().isThrownBy(() -> OpenAiKeys.at(URI.create(base)));
    }

    // ---- rights

    private Rotator rotator(InMemorySecretStore store, HttpIssuer of) {
        return Rotator.builder(NAME, store, of, POLICY)
                .ticker(clock)
                .audit(event -> {})
                .build();
    }

    @Test
    void adminKey_withoutTheRightToMint_isRefusedAtStart() {
        openAi.adminMayWrite(false);
        Rotator rotator = rotator(InMemorySecretStore.create(clock), issuer);

        assertThatThrownBy(rotator::prepare)
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("it may not create the service accounts and keys of project proj_abc")
                .hasMessageContaining("the scope api.management.write")
                .hasMessageNotContaining("sk-");
    }

    @Test
    void adminKey_thatLostItsRight_leavesTheCurrentKeyInUse() {
        InMemorySecretStore store = InMemorySecretStore.create(clock);
        Rotator rotator = rotator(store, issuer);
        rotator.prepare();
        openAi.adminMayWrite(false);

        assertThatThrownBy(() -> rotator.command(ROTATE))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("the scope api.management.write");
        SecretValue current = store.value(NAME, 1).orElseThrow();
        assertThat(openAi.knows(current)).isTrue();
        assertThat(store.read(NAME)
                        .record()
                        .orElseThrow()
                        .version(1)
                        .orElseThrow()
                        .state())
                .isEqualTo(VersionState.PRIMARY);

        openAi.adminMayWrite(true);
        rotator.run();
        assertThat(store.read(NAME).record().orElseThrow().phase()).isEqualTo(Phase.PUBLISHED);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500})
    void mint_thatIsRefusedForAWhile_isTriedAgain(int status) {
        InMemorySecretStore store = InMemorySecretStore.create(clock);
        Rotator rotator = rotator(store, issuer);
        fault("POST", Fault.status(status));

        assertThatThrownBy(rotator::prepare).isInstanceOf(IssuerException.class);
        rotator.prepare();

        assertThat(openAi.accounts()).containsExactly("shop-a-r1-creation");
    }

    // ---- revoking

    @Test
    void revoke_endsTheVersionsAccountsAlone_andMayBeRepeated() {
        SecretValue key = issuer.mint(issuance(1), List.of());
        issuer.mint(issuance(1), List.of());
        SecretValue next = issuer.mint(issuance(3), List.of());

        issuer.revoke(issuance(1));
        issuer.revoke(issuance(1));

        assertThat(openAi.accounts()).containsExactly("shop-a-r3-id3");
        assertThat(openAi.knows(key)).isFalse();
        assertThat(openAi.knows(next)).isTrue();
    }

    @Test
    void revoke_ofAnAccountThatGoesMeanwhile_isASuccess() {
        issuer.mint(issuance(1), List.of());
        fault("DELETE", Fault.status(404));

        issuer.revoke(issuance(1));

        assertThat(openAi.asked()).last().asString().startsWith("DELETE " + ACCOUNTS + "/svc_acct_");
    }

    @Test
    void revoke_looksThroughEveryPage() {
        for (int i = 0; i < 250; i++) {
            openAi.account("other-" + i);
        }
        issuer.mint(issuance(1), List.of());

        issuer.revoke(issuance(1));

        assertThat(openAi.accounts()).hasSize(250).doesNotContain("shop-a-r1-id1");
        assertThat(openAi.asked()).filteredOn(line -> line.startsWith("GET")).hasSize(3);
    }

    @Test
    void deletedKey_thatIsStillAnswered_isNotDeadBeforeTheDelayIsOver() {
        openAi.fading(Duration.ofMinutes(3));
        SecretValue key = issuer.mint(issuance(1), List.of());
        issuer.revoke(issuance(1));

        int alive = 0;
        int passes = 0;
        ProbeVerdict verdict = ProbeVerdict.INCONCLUSIVE;
        for (; verdict != ProbeVerdict.DEAD && passes < 100; passes++) {
            issuer.revoke(issuance(1)); // as each pass of a rotator does
            verdict = issuer.probe(issuance(1), key);
            alive += verdict == ProbeVerdict.ALIVE ? 1 : 0;
            clock.advance(Duration.ofSeconds(30));
        }

        assertThat(alive).as("answers of a deleted key").isPositive();
        assertThat(passes).as("five minutes of refusals").isBetween(11, 17);
        assertThat(issuer.probe(issuance(1), key)).isEqualTo(ProbeVerdict.DEAD);
    }

    // ---- orphans

    @Test
    void mint_whoseReplyIsLost_leavesAnOrphanThatIsSwept() {
        fault("POST", Fault.CUT_AFTER);
        assertThatThrownBy(() -> issuer.mint(issuance(1), List.of())).isInstanceOf(IssuerException.class);
        SecretValue key = issuer.mint(issuance(1), List.of());
        assertThat(openAi.accounts()).containsExactly("shop-a-r1-id1", "shop-a-r1-id1");

        issuer.sweep(NAME, 1, List.of(recorded(1, VersionState.PRIMARY, issuer.attributes(key))));

        assertThat(openAi.accounts()).containsExactly("shop-a-r1-id1");
        assertThat(openAi.knows(key)).isTrue();
    }

    @Test
    void sweep_ofAVersionWhoseIdIsNotKnown_keepsWhateverHasItsName() {
        SecretValue key = issuer.mint(issuance(1), List.of());
        issuer.mint(issuance(1), List.of());

        issuer.sweep(NAME, 1, List.of(recorded(1, VersionState.PRIMARY, Map.of())));
        assertThat(openAi.accounts()).hasSize(2);
        assertThat(openAi.knows(key)).isTrue();
        issuer.sweep(NAME, 1, List.of(recorded(1, VersionState.REVOKED, Map.of())));

        assertThat(openAi.accounts()).isEmpty();
    }

    @Test
    void sweep_leavesLaterRotationsAndOtherNamesAlone() {
        List<String> kept = List.of(
                "shop-a-r10-x",
                "shop-a-r2-X",
                "shop-a-r02-x",
                "shop-c-r1-x",
                "shop-a-r1",
                "shopping-a-r1-x",
                "my-shop-a-r1-x",
                "shop-a-r1-x-y",
                "shop-a-r99999999999999999999-x");
        kept.forEach(openAi::account);
        openAi.account("shop-a-r1-x");
        openAi.account("shop-b-r9-x");

        issuer.sweep(NAME, 9, List.of());

        assertThat(openAi.accounts()).containsExactlyInAnyOrderElementsOf(kept);
    }

    @Test
    void orphan_thatSomebodyUses_isLeftAloneAndTold() {
        String id = openAi.account("shop-a-r1-x");
        openAi.account("shop-a-r1-y");
        issuer.probe(issuance(1), SecretValue.copyOf(openAi.valueOf(id).getBytes(UTF_8)));

        assertThatThrownBy(() -> issuer.sweep(NAME, 1, List.of()))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("no version names [shop-a-r1-x], yet somebody has used it");
        assertThat(openAi.accounts()).containsExactly("shop-a-r1-x");
    }

    @Test
    void loserOfARace_discardsItsOwnAccountAlone() {
        SecretValue winner = issuer.mint(issuance(1), List.of());
        SecretValue loser = issuer.mint(issuance(1), List.of());

        issuer.discard(issuance(1), loser);

        assertThat(openAi.knows(winner)).isTrue();
        assertThat(openAi.knows(loser)).isFalse();
    }

    // ---- use

    @Test
    void use_goesByTheLastUseAndTheServicesClock() {
        openAi.hidesKeys(true);
        SecretValue key = issuer.mint(issuance(1), List.of());
        assertThat(issuer.use(issuance(1))).as("never used").isEqualTo(UseReport.IDLE);

        issuer.probe(issuance(1), key);
        assertThat(issuer.use(issuance(1))).isEqualTo(UseReport.IN_USE);
        clock.advance(Duration.ofHours(1));
        assertThat(issuer.use(issuance(1))).as("to the second").isEqualTo(UseReport.IN_USE);
        clock.advance(Duration.ofSeconds(1));

        assertThat(issuer.use(issuance(1))).isEqualTo(UseReport.IDLE);
    }

    @Test
    void use_thatCannotBeTold_isUnknown() {
        assertThat(issuer.use(issuance(1))).as("no such account").isEqualTo(UseReport.UNKNOWN);
        issuer.mint(issuance(1), List.of());
        openAi.tellsUse(false);
        assertThat(issuer.use(issuance(1))).as("no such field").isEqualTo(UseReport.UNKNOWN);
        openAi.tellsUse(true);
        fault("GET", Fault.status(500));
        assertThat(issuer.use(issuance(1))).isEqualTo(UseReport.UNKNOWN);

        assertThat(issuer.use(issuance(1))).isEqualTo(UseReport.IDLE);
    }

    // ---- the admin key

    @Test
    void rotatedCredential_isReadAnewWhenItIsRefused() {
        FakeSecret admin = FakeSecret.create("admin", clock, root.copyBytes());
        HttpIssuer by = issuer(ApiCredential.bearer(admin.rotating()));
        by.mint(issuance(1), List.of());
        SecretValue next = adminKeys(ApiCredential.bearer(root)).mint(issuance(2), List.of());
        admin.promote(admin.publish(next.copyBytes()));
        openAi.endRoot();
        int before = openAi.asked().size();

        by.mint(issuance(2), List.of());

        assertThat(openAi.accounts()).containsExactly("shop-a-r1-id1", "shop-b-r2-id2");
        assertThat(openAi.asked().subList(before, openAi.asked().size()))
                .containsExactly("POST " + ACCOUNTS, "POST " + ACCOUNTS);
        admin.close();
    }

    @Test
    void rotatedCredential_withNothingNewer_isTriedOnce() {
        FakeSecret admin = FakeSecret.create("admin", clock, root.copyBytes());
        openAi.endRoot();

        assertThatThrownBy(() -> issuer(ApiCredential.bearer(admin.rotating())).mint(issuance(1), List.of()))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("does not know the credential (status 401)");
        assertThat(openAi.asked()).hasSize(1);
        admin.outage(true);
        assertThatThrownBy(() -> issuer(ApiCredential.bearer(admin.rotating())).mint(issuance(1), List.of()))
                .isInstanceOf(IssuerException.class);
        admin.close();
    }

    private HttpIssuer adminKeys(ApiCredential by) {
        return OpenAiKeys.at(openAi.base())
                .expiringAfter(Duration.ofDays(120))
                .adminKeys("shop-admin", by)
                .adopted(openAi.rootId())
                .ticker(clock)
                .build();
    }

    @Test
    void adminKey_rotatesByItself_andTheAdoptedOneEnds() {
        InMemorySecretStore store = InMemorySecretStore.create(clock);
        FakeSecret admin = FakeSecret.create("admin", clock, root.copyBytes());
        RotatingSecret presented = admin.rotating();
        Rotator rotator = Rotator.builder(NAME, store, adminKeys(ApiCredential.bearer(presented)), POLICY)
                .ticker(clock)
                .audit(event -> {})
                .adopting(root)
                .build();
        rotator.prepare();
        assertThat(store.read(NAME)
                        .record()
                        .orElseThrow()
                        .version(1)
                        .orElseThrow()
                        .attributes())
                .containsExactly(Map.entry(HttpIssuer.ATTRIBUTE, openAi.rootId()));
        rotator.command(ROTATE);
        clock.advance(Duration.ofMinutes(20));
        rotator.run();
        admin.rotate(store.value(NAME, 2).orElseThrow().copyBytes());

        for (int i = 0; i < 30; i++) {
            clock.advance(Duration.ofHours(1));
            rotator.run();
        }

        assertThat(store.read(NAME)
                        .record()
                        .orElseThrow()
                        .version(1)
                        .orElseThrow()
                        .state())
                .isEqualTo(VersionState.REVOKED);
        assertThat(openAi.knows(root)).isFalse();
        assertThat(openAi.adminNames()).singleElement().asString().startsWith("shop-admin-b-r2-");
        assertThat(openAi.bodies()).anyMatch(body -> body.contains("\"expires_in_seconds\":10368000"));
        admin.close();
    }
}
