package dev.slipring.observe.inventory;

import dev.slipring.keyring.SecretName;
import dev.slipring.rotation.AuditEvent;
import dev.slipring.rotation.Environment;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretSource;
import dev.slipring.store.SecretStore;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Every secret of an application at one moment: who owns it, how it is rotated, its versions, what comes next and when,
 * and by when it must. A snapshot for people ({@link #text()}, {@link #html()}) and programs ({@link #json()}).
 * Metadata only, without values, parts of values or fingerprints. Immutable.
 *
 * <p>A replica tells what it holds, by {@link dev.slipring.Slipring#inventory}, without a call; an operator reads a store
 * by {@link #reading(SecretStore)}. The same inventory is always written in the same way: all dates are in UTC.
 *
 * @param at the moment, in the store's time
 * @param environment what the secrets are for
 * @param store how their store is called
 * @param secrets each of them, by name
 */
public record Inventory(Instant at, Environment environment, String store, List<InventoryEntry> secrets) {
    /** An inventory of these secrets. */
    public Inventory {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(environment, "environment");
        Objects.requireNonNull(store, "store");
        secrets = secrets.stream()
                .sorted(Comparator.comparing(InventoryEntry::secret))
                .toList();
    }

    /** Prepares the inventory of all secrets in {@code store}, which stays the caller's. No value is ever opened. */
    public static Builder reading(SecretStore store) {
        return new Builder(store, store);
    }

    /** Prepares the inventory of the secrets {@code names} in {@code source}. No value is ever opened. */
    public static Builder reading(SecretSource source, Collection<String> names) {
        Builder builder = new Builder(source, null);
        names.forEach(name -> builder.names.add(SecretName.of(name)));
        return builder;
    }

    /** The secret {@code name}, if it is among them. */
    public Optional<InventoryEntry> secret(String name) {
        return secrets.stream()
                .filter(each -> each.secret().value().equals(name))
                .findFirst();
    }

    /** The secrets, those that ask for the most attention first. */
    List<InventoryEntry> byUrgency() {
        return secrets.stream()
                .sorted(Comparator.comparing(InventoryEntry::attention).reversed())
                .toList();
    }

    /**
     * As aligned text: a table, then the versions and dates of each secret. What a terminal would obey is spelled out.
     */
    public String text() {
        return new InventoryText(this).text();
    }

    /**
     * As a JSON object; instants are in ISO 8601 form, durations in whole seconds, and what is not known is left out.
     * Fields may be added under the same {@code format}.
     *
     * <ul>
     *   <li>{@code format} 1, {@code at}, {@code environment}, {@code store}, {@code secrets}: by name, each with
     *   <li>{@code name}, {@code attention} (NONE, LOOK, ACT), {@code owner}, {@code procedure}, {@code kind}, {@code
     *       issuer}, {@code maxAgeSeconds}, {@code readAt}, {@code incarnation}, {@code epoch}, {@code phase}, {@code
     *       primary}, {@code ageSeconds}
     *   <li>{@code versions}: {@code number}, {@code state}, {@code slot}, {@code stamps} by name of the stamp, {@code
     *       held} and {@code compromised} with {@code at}, {@code by}, {@code reason}
     *   <li>{@code notices}: {@code kind}, {@code attention}, {@code detail}
     *   <li>{@code steps}: {@code at}, {@code step}, {@code version}, {@code state}; {@code thenWaitsFor}
     *   <li>{@code deadlines}: {@code start}, {@code warn}, {@code page}, {@code hard}
     * </ul>
     */
    public String json() {
        return InventoryJson.of(this);
    }

    /**
     * As one HTML page, which is well-formed XML too: without scripts, and nothing is loaded from elsewhere. Light or
     * dark as the reader prefers, and as wide as the reader's screen.
     */
    public String html() {
        return new InventoryPage(this).html();
    }

    /** The same as {@link #text()}. */
    @Override
    public String toString() {
        return text();
    }

    /** Collects what a store does not say itself. Not thread-safe. */
    public static final class Builder {
        private final SecretSource source;
        private final Optional<SecretStore> store;
        private final TreeSet<SecretName> names = new TreeSet<>();
        private final Map<SecretName, SecretDescription> descriptions = new HashMap<>();
        private final Map<SecretName, InventoryEntry.Rule> rules = new HashMap<>();
        private Environment environment = Environment.UNDECLARED;

        private Builder(SecretSource source, @Nullable SecretStore store) {
            this.source = Objects.requireNonNull(source, "source");
            this.store = Optional.ofNullable(store);
        }

        /** What the secrets are for; undeclared unless told. */
        public Builder environment(Environment value) {
            environment = Objects.requireNonNull(value, "environment");
            return this;
        }

        /**
         * What is to be said of the secret {@code name}; nothing unless told.
         *
         * @throws IllegalArgumentException if the name is not one of a secret
         */
        public Builder describe(String name, SecretDescription value) {
            descriptions.put(SecretName.of(name), Objects.requireNonNull(value, "description"));
            return this;
        }

        /**
         * How the secret {@code name} is rotated, without which neither its next steps nor its deadlines are known.
         *
         * @throws IllegalArgumentException if the name is not one of a secret
         */
        public Builder rule(String name, InventoryEntry.Rule value) {
            rules.put(SecretName.of(name), Objects.requireNonNull(value, "rule"));
            return this;
        }

        /**
         * Reads the record of each secret. One that cannot be used is told of and does not keep the others from being
         * shown.
         *
         * @param at the moment by which they are judged, in the store's time
         * @throws StoreUnavailableException if the store does not answer
         */
        public Inventory at(Instant at) {
            store.ifPresent(of -> names.addAll(of.names()));
            List<InventoryEntry> entries = new ArrayList<>();
            for (SecretName name : names) {
                entries.add(entry(name, at));
            }
            return new Inventory(at, environment, AuditEvent.Place.nameOf(source), entries);
        }

        private InventoryEntry entry(SecretName name, Instant at) {
            SecretDescription description = descriptions.getOrDefault(name, SecretDescription.NONE);
            Optional<InventoryEntry.Rule> rule = Optional.ofNullable(rules.get(name));
            Reading reading;
            try {
                reading = source.read(name);
            } catch (UnusableRecordException e) {
                String why = "its record is damaged, or needs a newer build";
                return InventoryEntry.unknown(name, description, rule, InventoryNotice.Kind.UNUSABLE, why);
            }
            return InventoryEntry.of(name, description, rule, reading, at);
        }
    }
}
