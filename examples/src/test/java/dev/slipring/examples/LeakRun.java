package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.zaxxer.hikari.HikariConfig;
import dev.slipring.Slipring;
import dev.slipring.apikey.ApiCredential;
import dev.slipring.apikey.HttpIssuer;
import dev.slipring.apikey.OpenAiKeys;
import dev.slipring.apikey.OperatorIssuer;
import dev.slipring.crypto.Context;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.jdbc.hikari.HikariRotation;
import dev.slipring.jdbc.login.LoginIssuer;
import dev.slipring.keyring.AuthFailure;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Answer;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.session.SessionSigner;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Puts every kind of secret to use in a {@link LeakWorld}, rotates them, provides good and bad values, lets deadlines
 * pass, uses what is revoked, and declares all of them stolen.
 */
final class LeakRun {
    static final Context CONTEXT = Context.of("table", "notes");

    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration QUARTER = Duration.ofMinutes(15);

    final SessionSigner signer;
    final EnvelopeEncryptor encryptor;
    final RotatingDataSource pool;
    final RotatingSecret session;
    final RotatingSecret login;

    private final LeakWorld world;
    private final Slipring slipring;
    private final Moderation moderation;
    private final SecretValue partnerKey;

    private LeakRun(LeakWorld world) {
        this.world = world;
        slipring = world.slipring;
        session = session();
        signer = SessionSigner.builder(session)
                .cookie("__Host-sid")
                .maxLife(HOUR)
                .clock(world.clock)
                .build();
        RandomIssuer keks = RandomIssuer.bytes(32);
        encryptor = world.with(EnvelopeEncryptor.builder(world.watched(
                        slipring.secret("kek", keks, RotationPolicy.encryptionKeys(DAY.multipliedBy(90))), keks))
                .ticker(world.clock)
                .build());
        LoginIssuer logins = world.servers.postgres().logins(20);
        login = world.watched(slipring.secret("app-db", logins, RotationPolicy.logins(DAY.multipliedBy(30))), logins);
        pool = world.with(HikariRotation.builder(login, config())
                .scheduler(world.scheduler)
                .ticker(world.clock)
                .build());
        moderation = world.with(moderation());
        OperatorIssuer partners = OperatorIssuer.builder("Partner", this::partner)
                .ticker(world.clock)
                .build();
        partnerKey = world.secret("partner's first key");
        world.watched(
                slipring.adopt("partner", partnerKey, partners, RotationPolicy.apiKeys(DAY.multipliedBy(30))),
                partners);
        world.objects.addAll(List.of(signer, encryptor, pool, moderation));
    }

    /** A {@link LeakPart}. */
    static void in(LeakWorld world) throws Exception {
        LeakRun run = new LeakRun(world);
        run.use();
        run.rotate();
        run.provide();
        run.beUnusual();
        run.missDeadlines();
        LeakMisuses.in(world, run);
        run.declareStolen();
    }

    private RotatingSecret session() {
        RandomIssuer issuer = SessionSigner.issuer();
        RotationPolicy policy = RotationPolicy.sessions(DAY.multipliedBy(8), HOUR);
        return world.watched(slipring.adopt("session", world.secret("session's first key"), issuer, policy), issuer);
    }

    private HikariConfig config() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(world.servers.postgres().url());
        config.setMaximumPoolSize(2);
        return config;
    }

    private Moderation moderation() {
        PretendOpenAi openAi = world.with(new PretendOpenAi(new ServiceAccounts(world.clock, Optional.empty())));
        SecretValue admin = openAi.adminKey();
        world.probe.learn("OpenAI admin key", admin.copyBytes());
        HttpIssuer issuer = OpenAiKeys.at(openAi.base())
                .serviceAccounts(PretendOpenAi.PROJECT, "notes", ApiCredential.bearer(admin))
                .idleAfter(Duration.ofSeconds(2))
                .revocationDelay(Moderation.REVOCATION_DELAY)
                .ticker(world.clock)
                .slots("a", "b", "c")
                .build();
        RotatingSecret key =
                world.watched(slipring.secret("openai", issuer, RotationPolicy.apiKeys(DAY.multipliedBy(30))), issuer);
        Stopwatch stopwatch = new Stopwatch(new RunClock(world.clock), () -> false, new Latencies());
        return new Moderation(openAi.base(), key, new Tally(), stopwatch);
    }

    /** Fails with all it was given, as a careless one does. */
    private ProbeVerdict partner(SecretValue value) {
        String text = LeakWorld.text(value);
        if (text.startsWith("unknown")) {
            throw new IllegalStateException("401 for " + text);
        }
        return text.startsWith("expired") ? ProbeVerdict.DEAD : ProbeVerdict.ALIVE;
    }

    private void use() throws SQLException, IOException {
        SecretValue user = world.secret("what a session holds");
        String token = signer.sign(LeakWorld.text(user));
        world.probe.learn(
                "a token's signature", token.substring(token.length() - 21).getBytes(US_ASCII));
        world.objects.add(signer.verify(token));
        world.objects.add(signer.verify(token + "x"));
        world.objects.add(signer.verify("no token"));
        byte[] plaintext = world.secret("what is encrypted").copyBytes();
        byte[] envelope = encryptor.encrypt(plaintext, CONTEXT);
        encryptor.decrypt(envelope, CONTEXT);
        world.objects.add(encryptor.checkedHeader(envelope));
        world.objects.add(encryptor.rewrap(envelope));
        query();
        moderation.allows("good morning");
    }

    private void query() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_user")) {
            row.next();
        }
    }

    /** By then all four have been promoted; nothing before is revoked yet. */
    private void rotate() throws SQLException, IOException {
        for (String name : List.of("session", "kek", "app-db", "openai")) {
            world.objects.add(slipring.plan(name));
            world.objects.add(slipring.rotate(name, "alice", "exercise"));
        }
        for (int i = 0; i < 3; i++) {
            world.scheduler.advance(QUARTER);
            use();
        }
    }

    private void provide() {
        SecretValue next = world.secret("partner's next key");
        String marked = "test-" + LeakWorld.text(world.secret("a key with a mark of development"));
        String unknown = "unknown-" + LeakWorld.text(world.secret("a key that the partner does not know"));
        String expired = "expired-" + LeakWorld.text(world.secret("a key that has expired"));
        String broken = LeakWorld.text(world.secret("a key of two lines")) + "\nx";
        SecretValue sessionKey = session.primary().value();
        for (SecretValue refused :
                List.of(value(marked), value(unknown), value(expired), value(broken), partnerKey, sessionKey)) {
            Answer answer = slipring.provide("partner", refused, "alice", "new year");
            world.objects.add(answer);
            if (!(answer instanceof Answer.Refused)) {
                throw new AssertionError("a bad key was accepted");
            }
        }
        world.objects.add(slipring.provide("partner", next, "alice", "new year"));
        world.scheduler.advance(QUARTER);
    }

    /** What is revoked is used, and signatures are guessed. */
    private void beUnusual() {
        session.use(99).refused();
        for (int i = 0; i < 200; i++) {
            session.uses().failed(AuthFailure.SIGNATURE);
        }
        world.scheduler.advance(QUARTER);
    }

    /** Nobody may rotate while every deadline passes; in a store of its own, for that takes weeks. */
    private void missDeadlines() {
        ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
        ManualScheduler scheduler = ManualScheduler.on(clock);
        try (Slipring late = Slipring.builder(InMemorySecretStore.create(clock))
                .scheduler(scheduler)
                .ticker(clock)
                .listener(world.listener)
                .build()) {
            RandomIssuer issuer = SessionSigner.issuer();
            world.watched(late.secret("late", issuer, RotationPolicy.sessions(DAY.multipliedBy(8), HOUR)), issuer);
            Instant now = clock.instant();
            late.command("late", new Command.Freeze(now, now.plus(DAY.multipliedBy(20)), "ada", "sale"));
            scheduler.advance(DAY.multipliedBy(9));
            world.pages(late, clock.instant());
        }
    }

    private void declareStolen() {
        Set<String> all = Set.of("session", "kek", "app-db", "openai", "partner");
        for (String name : all) {
            world.objects.add(slipring.plan(name));
        }
        world.objects.add(slipring.compromised(all, "alice", "laptop stolen"));
        world.scheduler.advance(QUARTER);
    }

    private static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(UTF_8));
    }
}
