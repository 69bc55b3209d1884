package dev.slipring.examples.cli;

import dev.slipring.keyring.SecretName;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Rotator;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.rotation.Step;
import dev.slipring.store.FileSecretStore;
import dev.slipring.store.SecretRecord;
import dev.slipring.testing.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;

/** The application whose store the operator shares: it has the issuer and the policy of one secret. */
final class Application {
    final FileSecretStore store;

    private final SecretName name;
    private final ManualClock clock;
    private final Rotator rotator;

    Application(Path directory, ManualClock clock, String name, SecretIssuer issuer, RotationPolicy policy) {
        this.clock = clock;
        this.name = SecretName.of(name);
        store = FileSecretStore.in(directory, clock);
        rotator = Rotator.builder(this.name, store, issuer, policy)
                .ticker(clock)
                .audit(event -> {})
                .replica("web-1")
                .build();
    }

    Application prepare() {
        rotator.prepare();
        return this;
    }

    Step.Rest run() {
        return rotator.run();
    }

    SecretRecord record() {
        return store.read(name).record().orElseThrow();
    }

    /** Lets time pass from step to step until {@code done}. */
    void settle(Predicate<SecretRecord> done) {
        for (int i = 0; i < 500; i++) {
            Step.Rest rest = run();
            if (done.test(record())) {
                return;
            }
            Duration step = Duration.between(clock.instant(), rest.until());
            boolean waits = !step.isNegative() && step.compareTo(Duration.ofDays(1000)) < 0;
            clock.advance(waits ? step.plusSeconds(1) : Duration.ofSeconds(60));
        }
        throw new AssertionError("not settled: " + record());
    }
}
