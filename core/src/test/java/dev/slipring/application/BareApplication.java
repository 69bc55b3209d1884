package dev.slipring.application;

import dev.slipring.Slipring;
import dev.slipring.aws.AwsSecretStore;
import dev.slipring.observe.Health;
import dev.slipring.observe.actuator.SlipringHealthIndicator;
import dev.slipring.observe.inventory.Inventory;
import dev.slipring.observe.micrometer.SlipringMetrics;
import dev.slipring.observe.microprofile.SlipringReadiness;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * An application that has but some of the optional libraries, and uses everything nevertheless. It lies in no package of
 * the module, so that it can stand on the class path while the module is on its own path.
 */
final class BareApplication {
    /** A package that nobody needs who has not its library, and what an application does with it. */
    enum Adapter {
        MICROMETER(
                "dev.slipring.observe.micrometer.",
                "io/micrometer/",
                slipring -> SlipringMetrics.of(slipring.measures()).close()),
        ACTUATOR(
                "dev.slipring.observe.actuator.",
                "org/springframework/",
                slipring -> SlipringHealthIndicator.of(slipring::health).health()),
        MICROPROFILE(
                "dev.slipring.observe.microprofile.",
                "org/eclipse/microprofile/",
                slipring -> SlipringReadiness.of(slipring::health)),
        AWS("dev.slipring.aws.", "software/amazon/", slipring -> AwsSecretStore.builder(Client.create(), "bare"));

        private final Consumer<Slipring> use;

        /** How the names of the adapter's types begin. */
        final String types;

        /** How the names of the library's classes begin, as files and in what a virtual machine says is missing. */
        final String library;

        Adapter(String types, String library, Consumer<Slipring> use) {
            this.types = types;
            this.library = library;
            this.use = use;
        }
    }

    /** A class of its own, so that nothing of the SDK is looked for before the adapter is used. */
    private static final class Client implements SecretsManagerClient {
        static SecretsManagerClient create() {
            return new Client();
        }

        @Override
        public String serviceName() {
            return "none";
        }

        @Override
        public void close() {}
    }

    private BareApplication() {}

    /**
     * Prints what it sees, and ends with an error if anything else than the adapters in question is missing.
     *
     * @param away names of the adapters whose libraries are away
     */
    public static void main(String[] away) throws Exception {
        Set<Adapter> missing = EnumSet.noneOf(Adapter.class);
        Stream.of(away).map(Adapter::valueOf).forEach(missing::add);
        System.out.println(Slipring.class.getModule().isNamed() ? "module" : "no module");
        ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
        ManualScheduler scheduler = ManualScheduler.on(clock);
        try (Slipring slipring = Slipring.builder(InMemorySecretStore.create(clock))
                .scheduler(scheduler)
                .ticker(clock)
                .build()) {
            rotate(slipring, clock, scheduler);
            int members = 0;
            for (String name : classes()) {
                members += load(name, missing);
            }
            System.out.println(members + " members");
            for (Adapter adapter : Adapter.values()) {
                System.out.println(adapter + " " + outcome(adapter, slipring));
            }
        }
    }

    private static void rotate(Slipring slipring, ManualClock clock, ManualScheduler scheduler) {
        RotationPolicy policy = RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(12));
        slipring.secret("session", RandomIssuer.bytes(32), policy);
        slipring.rotate("session", "ada", "exercise");
        scheduler.advance(Duration.ofHours(1));
        Health health = slipring.health();
        Inventory inventory = slipring.inventory(clock.instant());
        int primary = inventory
                .secret("session")
                .orElseThrow()
                .primary()
                .orElseThrow()
                .number();
        boolean shown = Stream.of(inventory.html(), inventory.json(), inventory.text(), health.json())
                .allMatch(form -> form.contains("session"));
        boolean measured = !slipring.measures().all().isEmpty();
        System.out.println("version " + primary + " " + health.status() + " " + shown + " " + measured);
    }

    /** Names of all classes of the module, which is not packed yet when tests run. */
    private static List<String> classes() throws Exception {
        Path root = Path.of(Slipring.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (Stream<Path> files = Files.walk(root)) {
            List<String> names = files.map(file -> root.relativize(file).toString())
                    .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
                    .map(file -> file.substring(0, file.length() - ".class".length())
                            .replace(root.getFileSystem().getSeparator(), "."))
                    .toList();
            if (names.isEmpty()) {
                throw new IOException("no classes in " + root);
            }
            return names;
        }
    }

    /**
     * Links and initializes a class and resolves its signatures; of a missing adapter's, the library may be missing.
     *
     * @return how many members it has
     */
    private static int load(String name, Set<Adapter> missing) throws ClassNotFoundException {
        try {
            Class<?> type = Class.forName(name);
            return type.getDeclaredConstructors().length
                    + type.getDeclaredMethods().length
                    + type.getDeclaredFields().length
                    + type.getDeclaredClasses().length;
        } catch (NoClassDefFoundError e) {
            if (missing.stream()
                    .noneMatch(adapter -> name.startsWith(adapter.types)
                            && String.valueOf(e.getMessage()).startsWith(adapter.library))) {
                throw e;
            }
            System.out.println("incomplete " + name);
            return 0;
        }
    }

    private static String outcome(Adapter adapter, Slipring slipring) {
        try {
            adapter.use.accept(slipring);
            return "works";
        } catch (Throwable e) {
            return e.toString();
        }
    }
}
