package dev.slipring.rotation;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import dev.slipring.store.WriteWindow;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Stores and issuers that call a hook right before and right after each call, with {@code before read}, {@code after
 * install} and so on: there a test stops a thread, moves a clock, or kills the replica.
 */
public final class Hooked {
    private Hooked() {}

    public static SecretStore store(SecretStore store, Consumer<String> hook) {
        return new Store(store, hook);
    }

    public static SecretIssuer issuer(SecretIssuer issuer, Consumer<String> hook) {
        return new Issuer(issuer, hook);
    }

    private static <T> T between(Consumer<String> hook, String call, Supplier<T> body) {
        hook.accept("before " + call);
        T answer = body.get();
        hook.accept("after " + call);
        return answer;
    }

    private static void between(Consumer<String> hook, String call, Runnable body) {
        hook.accept("before " + call);
        body.run();
        hook.accept("after " + call);
    }

    private record Store(SecretStore store, Consumer<String> hook) implements SecretStore {
        @Override
        public Reading read(SecretName secret) {
            return between(hook, "read", () -> store.read(secret));
        }

        @Override
        public Optional<SecretValue> value(SecretName secret, int version) {
            return between(hook, "value", () -> store.value(secret, version));
        }

        @Override
        public boolean compareAndSet(SecretRecord next, WriteWindow window) {
            return between(hook, "compareAndSet", () -> store.compareAndSet(next, window));
        }

        @Override
        public SecretValue putValueIfAbsent(SecretName secret, int version, SecretValue value) {
            return between(hook, "putValueIfAbsent", () -> store.putValueIfAbsent(secret, version, value));
        }

        @Override
        public boolean replaceValue(SecretName secret, int version, SecretValue expected, SecretValue next) {
            return between(hook, "replaceValue", () -> store.replaceValue(secret, version, expected, next));
        }

        @Override
        public void eraseValue(SecretName secret, int version) {
            between(hook, "eraseValue", () -> store.eraseValue(secret, version));
        }

        @Override
        public Set<SecretName> names() {
            return store.names();
        }

        @Override
        public SecretValue installationKey() {
            return store.installationKey();
        }
    }

    private record Issuer(SecretIssuer issuer, Consumer<String> hook) implements SecretIssuer {
        @Override
        public IssuerTraits traits() {
            return issuer.traits();
        }

        @Override
        public SecretValue mint(Issuance issuance, Collection<SecretValue> existing) {
            return between(hook, "mint", () -> issuer.mint(issuance, existing));
        }

        @Override
        public void install(Issuance issuance, SecretValue value) {
            between(hook, "install", () -> issuer.install(issuance, value));
        }

        @Override
        public Map<String, String> attributes(SecretValue value) {
            return issuer.attributes(value);
        }

        @Override
        public Optional<String> flaw(SecretValue value, Environment environment) {
            return between(hook, "flaw", () -> issuer.flaw(value, environment));
        }

        @Override
        public ProbeVerdict probe(Issuance issuance, SecretValue value) {
            return between(hook, "probe", () -> issuer.probe(issuance, value));
        }

        @Override
        public void revoke(Issuance issuance) {
            between(hook, "revoke", () -> issuer.revoke(issuance));
        }

        @Override
        public UseReport use(Issuance issuance) {
            return between(hook, "use", () -> issuer.use(issuance));
        }
    }
}
