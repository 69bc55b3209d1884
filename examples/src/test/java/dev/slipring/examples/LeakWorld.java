package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.Slipring;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.EnvelopeValueSealer;
import dev.slipring.crypto.RootKey;
import dev.slipring.examples.cli.Shell;
import dev.slipring.guard.EnvironmentTags;
import dev.slipring.guard.GuardRails;
import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.observe.Health;
import dev.slipring.observe.audit.AuditTrail;
import dev.slipring.observe.audit.EmergencyRecord;
import dev.slipring.observe.audit.TrailCheck;
import dev.slipring.observe.inventory.Inventory;
import dev.slipring.observe.inventory.SecretDescription;
import dev.slipring.observe.micrometer.SlipringMetrics;
import dev.slipring.rotation.AuditEvent;
import dev.slipring.rotation.AuditSink;
import dev.slipring.rotation.Environment;
import dev.slipring.rotation.PassReport;
import dev.slipring.rotation.RotationListener;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.rotation.Step;
import dev.slipring.rotation.StepReport;
import dev.slipring.store.FileSecretStore;
import dev.slipring.store.SealedSecretStore;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A replica with everything that puts something out, and all of it listened to: a sealed store in files, an audit trail
 * under a key, metrics, a listener, guard rails, a command line, every log; and as many more of them as there are other
 * stores. Used by one thread.
 */
final class LeakWorld implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** How keys of a service begin, which is no secret, with the publishable key of a pair. */
    private static final Pattern PUBLIC_PART = Pattern.compile("^(sk-svcacct-|.*[sr]k_live_)");

    final LeakProbe probe = new LeakProbe();
    final LeakEvidence evidence = new LeakEvidence();
    final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    final ManualScheduler scheduler = ManualScheduler.on(clock);
    final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    /** Objects of which, and of what they hold, nobody may learn a secret by printing them. */
    final List<Object> objects = new ArrayList<>();

    final LeakServers servers;
    final Path directory;
    final FileSecretStore files;
    final LeakShell shell;
    final RotationListener listener = new Heard();
    final Slipring slipring;

    private final Closing resources = new Closing();
    private final CapturedLogs logs;
    private final List<Slipring> replicas = new ArrayList<>();
    private final SecretValue auditKey = secret("audit key");
    private final AuditTrail trail;
    private final SecretDescription described;
    /** Stands in the servers' logs where this world's part of them begins. */
    private final String beginning = "planted-" + UUID.randomUUID();

    /**
     * Opens the world.
     *
     * @param directory an empty one
     * @param servers stay the caller's
     * @param owner whom the inventory calls the owner of the secret {@code session}
     */
    LeakWorld(Path directory, LeakServers servers, String owner) throws SQLException {
        this.directory = directory;
        this.servers = servers;
        for (ServerLog log : servers.logs().values()) {
            log.plant(beginning);
        }
        logs = resources.add(CapturedLogs.open());
        files = FileSecretStore.in(directory.resolve("store"), clock);
        RotatingSecret root = resources.add(
                RootKey.of("root", Map.of(1, binary("root key")), 1).follow(scheduler));
        EnvelopeEncryptor sealer =
                resources.add(EnvelopeEncryptor.builder(root).ticker(clock).build());
        SealedSecretStore store = SealedSecretStore.around(files, EnvelopeValueSealer.of(sealer));
        trail = resources.add(AuditTrail.in(directory.resolve("audit"))
                .key(auditKey)
                .clock(clock)
                .build());
        described = SecretDescription.builder().owner(owner).build();
        slipring = replica(store);
        shell = new LeakShell(new Shell(directory.resolve("commands")), evidence);
        objects.addAll(List.of(trail, root, sealer));
    }

    /** A replica on {@code store}, listened to; closed with this world. The names of its secrets are no other's. */
    Slipring replica(SecretStore store) {
        AuditSink log = AuditSink.log();
        Slipring replica = resources.add(Slipring.builder(store)
                .scheduler(scheduler)
                .ticker(clock)
                .audit(event -> {
                    log.append(event);
                    trail.append(event);
                })
                .environment(Environment.PRODUCTION)
                .guards(GuardRails.builder()
                        .tags(EnvironmentTags.of(secret("guard key " + replicas.size())))
                        .acrossStore()
                        .build())
                .describe("session", described)
                .listener(listener)
                .build());
        resources.add(SlipringMetrics.of(replica.measures())).bindTo(registry);
        learned("installation key " + replicas.size(), store.installationKey().copyBytes());
        replicas.add(replica);
        objects.addAll(List.of(replica, store));
        return replica;
    }

    /** All of them. */
    List<Slipring> replicas() {
        return replicas;
    }

    /** A new secret of 32 printable characters, which the probe knows as {@code name}. */
    SecretValue secret(String name) {
        return learned(name, drawn());
    }

    /** 32 printable characters at random. */
    static byte[] drawn() {
        byte[] bytes = new byte[24];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().encode(bytes);
    }

    /** A new secret of 32 bytes. */
    SecretValue binary(String name) {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return learned(name, bytes);
    }

    private SecretValue learned(String name, byte[] value) {
        probe.learn(name, value);
        return SecretValue.copyOf(value);
    }

    /** The text of a secret. */
    static String text(SecretValue value) {
        return value.reveal(bytes -> new String(bytes, UTF_8));
    }

    /** Lets the probe know what is secret of every value that {@code secret} ever has. */
    RotatingSecret watched(RotatingSecret secret, SecretIssuer issuer) {
        learn(secret.keyring(), issuer);
        resources.add(secret.onChange(ring -> learn(ring, issuer))::close);
        objects.addAll(List.of(secret, issuer));
        return secret;
    }

    private void learn(Keyring ring, SecretIssuer issuer) {
        ring.accepted()
                .forEach(version -> issuer.secretPart(version.value()).ifPresent(part -> {
                    byte[] bytes = part.copyBytes();
                    String text = new String(bytes, ISO_8859_1);
                    String rest = PUBLIC_PART.matcher(text).replaceFirst("");
                    probe.learn(ring.secret() + " version " + version.number(), rest.getBytes(ISO_8859_1));
                }));
    }

    /** Keeps what is to be closed with this world. */
    <T extends AutoCloseable> T with(T resource) {
        return resources.add(resource);
    }

    /** What was put out until now, in every sink. */
    LeakEvidence collect() throws Exception {
        for (Slipring replica : replicas) {
            pages(replica, clock.instant());
            evidence.add(LeakSink.PAGE, "environment tags", String.join("\n", replica.environmentTags()));
        }
        audit();
        evidence.add(LeakSink.METRICS, "scrape", registry.scrape());
        evidence.files(LeakSink.STORE, directory.resolve("store"));
        ObjectWalk.from(objects, evidence);
        for (Map.Entry<LeakSink, ServerLog> server : servers.logs().entrySet()) {
            String log = server.getValue().read();
            evidence.add(server.getKey(), "server.log", log.substring(log.indexOf(beginning) + beginning.length()));
        }
        evidence.add(LeakSink.LOG, "SLF4J", logs.logged());
        evidence.add(LeakSink.JDK_LOG, "java.util.logging", logs.loggedByJdk());
        evidence.add(LeakSink.CONSOLE, "printed", logs.printed());
        return evidence;
    }

    /** Keeps what {@code replica} shows at {@code now}. */
    void pages(Slipring replica, Instant now) {
        Inventory inventory = replica.inventory(now);
        evidence.add(LeakSink.PAGE, "inventory.html", inventory.html());
        evidence.add(LeakSink.PAGE, "inventory.json", inventory.json());
        evidence.add(LeakSink.PAGE, "inventory.txt", inventory.text());
        Health health = replica.health();
        evidence.add(LeakSink.PAGE, "health.json", health.json());
        objects.addAll(List.of(inventory, health));
    }

    private void audit() throws Exception {
        Path trail = directory.resolve("audit");
        evidence.files(LeakSink.AUDIT, trail);
        List<AuditEvent> events = new ArrayList<>();
        TrailCheck check = TrailCheck.of(trail).key(auditKey).events(events::add);
        objects.addAll(List.of(check, check.run(), events));
        for (EmergencyRecord told : EmergencyRecord.of(events)) {
            evidence.add(LeakSink.AUDIT, "emergency.md", told.toMarkdown());
            evidence.add(LeakSink.AUDIT, "emergency.json", told.toJson());
        }
    }

    @Override
    public void close() {
        resources.close();
    }

    /** Hears everything. */
    private final class Heard implements RotationListener {
        @Override
        public void onTransition(Step.Write step, Optional<SecretRecord> before, SecretRecord after) {
            evidence.add(LeakSink.LISTENER, "transition", step + " " + before + " " + after);
        }

        @Override
        public void onAlert(SecretName secret, String why) {
            evidence.add(LeakSink.LISTENER, "alert", secret + " " + why);
        }

        @Override
        public void onStep(StepReport report) {
            evidence.add(LeakSink.LISTENER, "step", report.toString());
        }

        @Override
        public void onPass(PassReport report) {
            evidence.add(LeakSink.LISTENER, "pass", report.toString());
        }
    }
}
