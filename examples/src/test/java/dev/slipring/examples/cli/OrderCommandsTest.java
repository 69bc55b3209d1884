package dev.slipring.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.apikey.OperatorIssuer;
import dev.slipring.keyring.Mark;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.observe.audit.TrailCheck;
import dev.slipring.rotation.AuditEvent;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.Emergency;
import dev.slipring.store.FileSecretStore;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator orders, and what the application makes of it. */
class OrderCommandsTest {
    private static final RotationPolicy SESSIONS = RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(12));
    private static final RotationPolicy KEYS = RotationPolicy.apiKeys(Duration.ofDays(90));
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path directory;

    private Path place;
    private Shell shell;

    @BeforeEach
    void open() {
        place = directory.resolve("store");
        shell = new Shell(place);
    }

    private Application sessions() {
        return new Application(place, shell.clock, "cookie", RandomIssuer.bytes(32), SESSIONS).prepare();
    }

    private Application keys() {
        return new Application(
                        place,
                        shell.clock,
                        "partner",
                        OperatorIssuer.withoutProbe("Partner").build(),
                        KEYS)
                .prepare();
    }

    private List<AuditEvent> audited() {
        List<AuditEvent> events = new ArrayList<>();
        TrailCheck.of(place.resolve("AUDIT")).events(events::add).run();
        return events;
    }

    // ---- generate

    @Test
    void generate_createsASecretThatTheApplicationGoesOnWith() {
        assertThat(shell.run("generate", "cookie", "--kind", "session"))
                .isEqualTo(new Shell.Run(0, line("secret cookie is created with version 1"), ""));

        Application application = sessions();
        assertThat(application.record().versions()).hasSize(1);
        application.settle(record -> record.version(2).isPresent() && record.phase() == Phase.IDLE);
        assertThat(shell.run("generate", "cookie", "--kind", "session").code()).isEqualTo(1);
    }

    @Test
    void generate_isAuditedBeforeTheSecretExists() throws IOException {
        shell.run("generate", "cookie", "--kind", "session", "--reason", "ticket 7", "--by", "grace");
        shell.run("generate", "kek", "--kind", "encryption");

        assertThat(audited()).allMatch(event -> event.action().equals("Create") && event.epoch() == 0);
        assertThat(audited())
                .extracting(event -> event.secret() + " " + event.actor() + ": " + event.reason())
                .containsExactly("cookie grace: ticket 7", "kek ada: the first value of a new secret");

        Path open = Files.createDirectory(
                directory.resolve("open"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        assertThat(shell.run("generate", "other", "--kind", "session", "--audit", open.toString())
                        .code())
                .isEqualTo(3);
        assertThat(shell.run("generate", "other", "--kind", "session", "--reason", "\n")
                        .code())
                .isEqualTo(2);
        assertThat(shell.run("names").lines()).containsExactly("cookie", "kek");
    }

    @Test
    void generate_withReveal_printsTheValueThatIsStored() {
        Shell.Run run = shell.run("generate", "kek", "--kind", "encryption", "--length", "48", "--reveal");

        byte[] shown = Base64.getUrlDecoder().decode(run.lines().get(1));
        SecretValue stored = FileSecretStore.in(place, shell.clock)
                .value(SecretName.of("kek"), 1)
                .orElseThrow();
        assertThat(stored).isEqualTo(SecretValue.copyOf(shown));
        assertThat(stored.length()).isEqualTo(48);
    }

    @Test
    void generate_withAWeakOrShortImport_isRefused() {
        assertThat(shell.piping("too short\n").run("generate", "cookie", "--kind", "session", "--import"))
                .isEqualTo(new Shell.Run(1, "", line("slipring: the value has fewer than 32 bytes")));
        assertThat(shell.piping("x".repeat(40))
                        .run("generate", "cookie", "--kind", "session", "--import")
                        .code())
                .isEqualTo(1);
        assertThat(shell.run("generate", "db", "--kind", "login").code()).isEqualTo(1);
        assertThat(shell.run("generate", "cookie").code()).isEqualTo(2);
        assertThat(shell.run("status").lines()).containsExactly("no secrets");
    }

    // ---- rotate

    @Test
    void rotate_isBegunHereAndCarriedOutByTheApplication() {
        Application application = sessions();
        shell.clock.advance(HOUR);

        Shell.Run run = shell.run("rotate", "cookie", "--reason", "quarterly");

        assertThat(run)
                .isEqualTo(new Shell.Run(
                        0, line("secret cookie: rotation 2 begins with version 2; the replicas carry it out"), ""));
        assertThat(application.record().phase()).isEqualTo(Phase.MINTING);
        assertThat(audited()).singleElement().satisfies(event -> {
            assertThat(event.actor()).isEqualTo(Shell.USER);
            assertThat(event.reason()).isEqualTo("quarterly");
            assertThat(event.action()).isEqualTo("Begin");
            assertThat(event.place().issuer()).isEqualTo("the application's");
        });
        assertThat(shell.run("rotate", "cookie", "--reason", "again"))
                .isEqualTo(
                        new Shell.Run(1, "", line("slipring: secret cookie: rotation 2 is under way, phase MINTING")));
        application.settle(record -> state(record, 2) == VersionState.PRIMARY);
    }

    @Test
    void rotate_withWait_followsTheReplicasUntilTheVersionIsInUse() {
        Application application = sessions();
        shell.meanwhile = application::run;

        Shell.Run run = shell.run("rotate", "cookie", "--reason", "quarterly", "--wait", "2h", "--json");

        assertThat(run.code()).isZero();
        assertThat(run.out())
                .isEqualTo(line("{\"command\":\"rotate\",\"outcome\":\"done\",\"secret\":\"cookie\",\"epoch\":2,"
                        + "\"phase\":\"MINTING\",\"sequence\":2,\"version\":2,\"progress\":\"version 2 is in use\"}"));
        assertThat(run.err()).isEmpty();
    }

    @Test
    void rotate_withWaitAndNobodyAtWork_isPending() {
        sessions();

        Shell.Run run = shell.typing("").run("rotate", "cookie", "--reason", "quarterly", "--wait", "3s");

        assertThat(run.code()).isEqualTo(5);
        assertThat(run.err())
                .contains("\rversion 2 is STAGED, phase MINTING")
                .endsWith(line("slipring: secret cookie: version 2 is STAGED, phase MINTING"));
    }

    @Test
    void rotate_ofLoginsThatTakeTurns_isLeftToTheApplication() {
        IssuerTraits logins =
                new IssuerTraits(Install.BEFORE_PUBLISH, List.of("a", "b"), false, false, Duration.ofMinutes(1));
        Application application = new Application(
                        place, shell.clock, "db", new Obliging(logins), RotationPolicy.logins(Duration.ofDays(30)))
                .prepare();
        SecretRecord before = application.record();

        assertThat(shell.run("rotate", "db", "--reason", "now"))
                .isEqualTo(new Shell.Run(
                        1,
                        "",
                        line("slipring: secret db takes turns between slots that its issuer knows, and only the"
                                + " application has that: let it call Slipring.rotate")));
        assertThat(application.record()).isEqualTo(before);
        assertThat(shell.run("hold", "db", "1", "--reason", "court").code()).isZero();
        assertThat(shell.run("plan", "db").lines().get(0))
                .isEqualTo("secret db, of kind login, maximum age PT720H assumed:");
    }

    // ---- hold and release

    @Test
    void hold_keepsAVersionFromBeingRevokedUntilItIsReleased() {
        Application application = sessions();
        shell.clock.advance(HOUR);
        shell.run("rotate", "cookie", "--reason", "quarterly");
        application.settle(record -> state(record, 1) == VersionState.RETIRING);

        Shell.Run held = shell.run("hold", "cookie", "1", "--reason", "court order", "--by", "grace", "--json");

        assertThat(held.out())
                .isEqualTo(line("{\"command\":\"hold\",\"outcome\":\"done\",\"secret\":\"cookie\",\"epoch\":5,"
                        + "\"phase\":\"OVERLAP\",\"version\":1,\"held\":true}"));
        shell.clock.advance(Duration.ofDays(5));
        application.settle(record -> record.phase() == Phase.IDLE);
        assertThat(state(application.record(), 1)).isEqualTo(VersionState.RETIRING);
        assertThat(application.record().version(1).flatMap(SecretVersion::held).map(Mark::by))
                .contains("grace");

        assertThat(shell.run("release", "cookie", "1", "--reason", "over").code())
                .isEqualTo(2);
        assertThat(shell.typing("no\n")
                        .run("release", "cookie", "1", "--reason", "over")
                        .code())
                .isEqualTo(2);
        assertThat(state(application.record(), 1)).isEqualTo(VersionState.RETIRING);
        assertThat(shell.typing("cookie\n")
                        .run("release", "cookie", "1", "--reason", "over")
                        .code())
                .isZero();
        application.settle(record -> state(record, 1) == VersionState.DESTROYED);
        assertThat(shell.run("release", "cookie", "1", "--reason", "over", "--yes")
                        .code())
                .isEqualTo(1);
    }

    @Test
    void hold_ofAVersionOrSecretThatIsNot_isRefused() {
        sessions();

        assertThat(shell.run("hold", "cookie", "7", "--reason", "court").err())
                .isEqualTo(line("slipring: secret cookie: there is no version 7"));
        assertThat(shell.run("hold", "biscuit", "1", "--reason", "court"))
                .isEqualTo(new Shell.Run(1, "", line("slipring: secret biscuit does not exist in this store")));
    }

    // ---- compromised

    @Test
    void compromised_showsThePriceAndAsksBeforeAnythingIsWritten() {
        Application application = sessions();
        SecretRecord before = application.record();

        Shell.Run priced = shell.run("compromised", "cookie", "--reason", "leaked", "--price");
        assertThat(priced.out())
                .startsWith("secret cookie, REVOKE_FIRST: version 1 ")
                .contains("outage: at most PT1M40S in a replica that lags behind");
        Shell.Run unasked = shell.run("compromised", "cookie", "--reason", "leaked");
        assertThat(unasked.code()).isEqualTo(2);
        assertThat(unasked.err()).contains("lost: everything issued until").contains("give --yes");
        assertThat(shell.typing("cooky\n")
                        .run("compromised", "cookie", "--reason", "leaked")
                        .code())
                .isEqualTo(2);
        assertThat(application.record()).isEqualTo(before);
        assertThat(audited()).isEmpty();
    }

    @Test
    void compromised_onceConfirmed_isEndedByTheApplication() {
        Application application = sessions();
        shell.meanwhile = application::run;

        Shell.Run run = shell.typing("cookie\n").run("compromised", "cookie", "--reason", "leaked", "--wait", "3h");

        assertThat(run.lines())
                .containsExactly(
                        "secret cookie: versions [1] are declared compromised; the replicas replace and revoke them",
                        "secret cookie: the emergency is over");
        assertThat(run.code()).isZero();
        assertThat(state(application.record(), 1)).isGreaterThanOrEqualTo(VersionState.REVOKED);
        assertThat(state(application.record(), 2)).isEqualTo(VersionState.PRIMARY);
        assertThat(audited()).extracting(AuditEvent::action).containsExactly("Compromise");
    }

    @Test
    void compromised_underAStatedKind_mustGoWithTheRecord() {
        sessions();

        Shell.Run run = shell.run("compromised", "cookie", "--kind", "api-key", "--reason", "leaked", "--yes");

        assertThat(run)
                .isEqualTo(new Shell.Run(
                        2,
                        "",
                        line("slipring: secret cookie is no secret of kind api-key: by its record it can be"
                                + " [session]")));
    }

    @Test
    void compromised_ofWhatIsPresented_overlapsUnlessToldOtherwise() {
        shell.piping("key-of-the-first-quarter\n")
                .run("generate", "partner", "--kind", "api-key", "--service", "Partner", "--import");
        Application application = keys();

        shell.run("compromised", "partner", "--kind", "api-key", "--reason", "leaked", "--yes");

        assertThat(application.record().orders().emergency().map(Emergency::plan))
                .contains(Emergency.Plan.OVERLAP_FIRST);
    }

    // ---- provide

    @Test
    void provide_storesTheValueOnStandardInput_andTheApplicationUsesIt() {
        shell.piping("key-of-the-first-quarter\n")
                .run("generate", "partner", "--kind", "api-key", "--service", "Partner", "--import");
        Application application = keys();
        shell.clock.advance(HOUR);

        Shell.Run run = shell.piping("key-of-the-second-quarter\n")
                .run("provide", "partner", "--kind", "api-key", "--reason", "quarterly", "--label", "id 7");

        assertThat(run)
                .isEqualTo(new Shell.Run(
                        0, line("secret partner: the value is stored as version 2; the replicas put it to use"), ""));
        assertThat(application.store.value(SecretName.of("partner"), 2)).contains(value("key-of-the-second-quarter"));
        application.settle(record -> state(record, 2) == VersionState.PRIMARY);
        assertThat(application.record().version(2).orElseThrow().attributes())
                .containsEntry("label", "id 7")
                .containsEntry("service", "Partner");
        assertThat(audited())
                .extracting(AuditEvent::reason)
                .startsWith("with a value that was handed in: the first value of a new secret")
                .endsWith("not probed: quarterly");
    }

    @Test
    void provide_typedOnATerminal_isNotShown() {
        shell.piping("key-of-the-first-quarter\n")
                .run("generate", "partner", "--kind", "api-key", "--service", "Partner", "--import");

        Shell.Run run = shell.typing("key-of-the-second-quarter")
                .run("provide", "partner", "--kind", "api-key", "--reason", "quarterly");

        assertThat(run.code()).isZero();
        assertThat(run.err()).isEqualTo("Value (not shown): " + System.lineSeparator());
    }

    @Test
    void provide_ofAValueThatIsKnownOrUsedElsewhere_isRefused() {
        shell.piping("key-of-the-first-quarter\n")
                .run("generate", "partner", "--kind", "api-key", "--service", "Partner", "--import");
        shell.piping("key-of-the-other-service\n")
                .run("generate", "other", "--kind", "api-key", "--service", "Other", "--import");
        List<String> provide = List.of("provide", "partner", "--kind", "api-key", "--reason", "quarterly");

        assertThat(shell.piping("key-of-the-first-quarter\n").run(provide).err())
                .isEqualTo(line("slipring: secret partner: the value is that of version 1, which is PRIMARY"));
        assertThat(shell.piping("key-of-the-other-service").run(provide).err())
                .isEqualTo(line("slipring: secret partner: the value is in use already, as secret other"));
        assertThat(shell.piping("").run(provide).code()).isEqualTo(2);
        assertThat(shell.piping("x".repeat(50_000)).run(provide).code()).isEqualTo(2);
    }

    @Test
    void provide_forASecretThatMakesItsOwnValues_isRefused() {
        sessions();

        assertThat(shell.piping("a value")
                        .run("provide", "cookie", "--reason", "quarterly")
                        .err())
                .isEqualTo(line("slipring: secret cookie: its values are made by its issuer in the application, not"
                        + " provided; slipring rotate cookie begins a rotation"));
    }

    // ---- together

    @Test
    void operators_whoShareTheStore_agree() {
        Application application = sessions();
        Shell other = new Shell(place);
        other.environment.put("SLIPRING_AUDIT", directory.resolve("trail").toString());

        assertThat(shell.run("hold", "cookie", "1", "--reason", "mine").code()).isZero();
        assertThat(other.run("hold", "cookie", "1", "--reason", "theirs").code())
                .isZero();
        assertThat(application.record().version(1).flatMap(SecretVersion::held).map(Mark::reason))
                .contains("theirs");
        assertThat(audited()).hasSize(1);
    }

    private static VersionState state(SecretRecord record, int version) {
        return record.version(version).map(SecretVersion::state).orElse(VersionState.STAGED);
    }

    private static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String line(String text) {
        return text + System.lineSeparator();
    }
}
