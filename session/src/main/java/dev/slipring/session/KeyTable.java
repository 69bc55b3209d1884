package dev.slipring.session;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.SecretStrength;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.UsableVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one snapshot of the secret means for tokens, derived once: the keys of its accepted versions by
 * identifier, and the rules for their tokens. Immutable and safe for use by several threads.
 */
final class KeyTable {
    private final Keyring keyring;
    private final SignerSettings settings;
    private final SignerUsage usage;
    private final byte[] use;
    private final Acceptance acceptance;
    private final AcceptedKey primary;
    private final List<String> flaws = new ArrayList<>();

    /** Open addressing, a quarter full at most: identifiers are as good as random, so a look-up is one step. */
    private final @Nullable AcceptedKey[] slots;

    private KeyTable(Keyring keyring, SignerSettings settings, SignerUsage usage, List<SessionKey> known) {
        this.keyring = keyring;
        this.settings = settings;
        this.usage = usage;
        use = settings.use();
        acceptance = Acceptance.of(keyring, settings.maxLife(), settings.skew());
        slots = new @Nullable
                AcceptedKey[Integer.highestOneBit(keyring.accepted().size()) * 8];
        primary = add(keyring.primary(), known);
        for (UsableVersion version : keyring.accepted()) {
            if (version.number() != primary.version()) {
                add(version, known);
            }
        }
        checkLifetime();
    }

    /** The table of a first snapshot. */
    static KeyTable of(Keyring keyring, SignerSettings settings, SignerUsage usage) {
        return new KeyTable(keyring, settings, usage, List.of());
    }

    /** The table of a later snapshot; values that it shares with this one are not derived again. */
    KeyTable next(Keyring later) {
        return new KeyTable(
                later, settings, usage, entries().map(AcceptedKey::key).toList());
    }

    Keyring keyring() {
        return keyring;
    }

    Acceptance acceptance() {
        return acceptance;
    }

    AcceptedKey primary() {
        return primary;
    }

    /** What a signer should not be built on, in words without secret material. */
    List<String> flaws() {
        return Collections.unmodifiableList(flaws);
    }

    /** Those of them that {@code before} did not have. */
    List<String> flawsSince(KeyTable before) {
        return flaws.stream().filter(flaw -> !before.flaws.contains(flaw)).toList();
    }

    /** The key that tokens name {@code id}, or null. */
    @Nullable
    AcceptedKey find(int id) {
        return slots[slot(id)];
    }

    private AcceptedKey add(UsableVersion version, List<SessionKey> known) {
        check(version);
        SessionKey key = known.stream()
                .filter(candidate -> candidate.isFrom(version.value()))
                .findAny()
                .orElseGet(() -> SessionKey.derive(version.value(), use));
        Terms terms = acceptance.terms(version.version(), keyring.edition().timing());
        AcceptedKey added = new AcceptedKey(usage.version(version.number()), key, terms);
        int slot = slot(key.id());
        AcceptedKey other = slots[slot];
        if (other == null) {
            slots[slot] = added;
        } else if (other.key().isFrom(version.value())) {
            flaws.add(named(other.version()) + " and version " + version.number()
                    + " have the same value, so whoever knows the old one knows the new one");
        } else {
            flaws.add(named(other.version()) + " and version " + version.number() + " share the key id "
                    + HexFormat.of().toHexDigits(key.id(), 6) + ", so tokens of version " + version.number()
                    + " cannot be told apart and are rejected");
        }
        return added;
    }

    private void check(UsableVersion version) {
        int length = version.value().length();
        if (length < SessionKey.MIN_SECRET_LENGTH) {
            flaws.add(named(version.number()) + " has " + length + " bytes, fewer than the "
                    + SessionKey.MIN_SECRET_LENGTH + " of a session key");
        }
        SecretStrength.flaw(version.value()).ifPresent(flaw -> flaws.add(named(version.number()) + " " + flaw));
        for (ForeignFormat format : settings.formats()) {
            if (format.isKeyedBy(version.value())) {
                flaws.add(named(version.number()) + " is a secret of the foreign format " + format.name()
                        + " as well: the new tokens would be as weak as the old ones");
            }
        }
    }

    private String named(int version) {
        return "secret " + keyring.secret() + " version " + version;
    }

    private void checkLifetime() {
        Duration lifetime = keyring.edition().timing().get(TimingParameter.LIFETIME);
        if (lifetime.compareTo(settings.maxLife()) < 0) {
            flaws.add("secret " + keyring.secret() + " has the lifetime T = " + lifetime
                    + ", shorter than the longest life of a token, " + settings.maxLife()
                    + ": sessions would outlive the overlap and end when their version is revoked");
        }
    }

    /** Where {@code id} is, or the free place where it belongs. */
    private int slot(int id) {
        int mask = slots.length - 1;
        int slot = id & mask;
        for (AcceptedKey key = slots[slot]; key != null && key.key().id() != id; key = slots[slot]) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private Stream<AcceptedKey> entries() {
        return Stream.of(slots).flatMap(Stream::ofNullable);
    }
}
