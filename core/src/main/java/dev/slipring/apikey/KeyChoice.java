package dev.slipring.apikey;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.Ticker;
import dev.slipring.keyring.UsableVersion;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which version a call presents: the primary one, unless it was refused lately and another is accepted.
 *
 * <p>What is remembered is the version, not the view: a refresh finds the same version primary again and confirms
 * nothing about its issuer. So a refused version comes last until it has worked again. To find that out, one call, and
 * one only, tries it first after 1 s, then 2 s, 4 s and so on up to once a minute; that call has another key to
 * go on with. A key that works again, as one whose issuer was slow to take it up, is thus back within a minute, and the
 * rotation that waits for its use goes on. Safe for use by several threads.
 */
final class KeyChoice {
    private static final Logger LOG = LoggerFactory.getLogger(RotatingApiKey.class);
    private static final long FIRST_TRIAL = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(60);
    private static final int DOUBLINGS = 6;

    private final RotatingSecret secret;
    private final Ticker ticker;
    private final Map<Integer, Refused> refused = new ConcurrentHashMap<>();

    /** A version that was refused, as often as trials follow one another, and when it is tried again. */
    private record Refused(int times, long trialAt) {
        static Refused after(int times, long now) {
            long wait = FIRST_TRIAL << Math.min(times - 1, DOUBLINGS);
            return new Refused(times, now + Math.min(wait, LONGEST_WAIT));
        }
    }

    KeyChoice(RotatingSecret secret, Ticker ticker) {
        this.secret = secret;
        this.ticker = ticker;
    }

    /** The key to try first; asking the secret for its primary version throws if nothing may be produced now. */
    ApiKey first() {
        secret.primary();
        Keyring keyring = secret.keyring();
        if (refused.isEmpty()) {
            return new ApiKey(keyring, keyring.primary());
        }
        UsableVersion chosen = byPreference(keyring)
                .filter(version -> mayBeFirst(version.number()))
                .findFirst()
                .orElse(keyring.primary());
        return new ApiKey(keyring, chosen);
    }

    /**
     * The key to try instead of {@code key}, which was refused: best one that was not; else any other, since the call
     * fails without it. Null if there is no other, or nothing may be produced now.
     */
    @Nullable
    ApiKey insteadOf(ApiKey key) {
        Keyring keyring = secret.keyring();
        List<UsableVersion> others = byPreference(keyring)
                .filter(version -> version.number() != key.version())
                .toList();
        if (others.isEmpty() || !secret.mayProduce()) {
            return null;
        }
        UsableVersion chosen = others.stream()
                .filter(version -> mayBeFirst(version.number()))
                .findFirst()
                .orElse(others.get(0));
        return new ApiKey(keyring, chosen);
    }

    /** Whether the view has changed since {@code key} was chosen from it. */
    boolean hasNewerView(ApiKey key) {
        return !secret.keyring().edition().equals(key.edition());
    }

    /** The issuer refused {@code key}. */
    void refused(ApiKey key) {
        if (refused.putIfAbsent(key.version(), Refused.after(1, ticker.nanos())) == null) {
            LOG.atWarn()
                    .addKeyValue("secret", secret.name())
                    .addKeyValue("version", key.version())
                    .log("an API key was refused; another accepted version goes first until it works again");
            Keyring keyring = secret.keyring();
            refused.keySet().removeIf(number -> keyring.accepted(number).isEmpty());
        }
    }

    /** The issuer did not refuse {@code key}. */
    void accepted(ApiKey key) {
        if (!refused.isEmpty() && refused.remove(key.version()) != null) {
            LOG.atInfo()
                    .addKeyValue("secret", secret.name())
                    .addKeyValue("version", key.version())
                    .log("an API key that was refused works again");
        }
    }

    /** Whether the primary version is, as far as is known, what calls are made with. */
    boolean settled() {
        return !refused.containsKey(secret.keyring().primary().number());
    }

    /** Newest before older: what was replaced is on its way out. */
    private static Stream<UsableVersion> byPreference(Keyring keyring) {
        UsableVersion primary = keyring.primary();
        return Stream.concat(
                Stream.of(primary),
                keyring.accepted().stream()
                        .filter(version -> version.number() != primary.number())
                        .sorted(Comparator.comparingInt(UsableVersion::number).reversed()));
    }

    /** Of those that ask when a trial is due one hears yes; the next trial is then as far off as if this one failed. */
    private boolean mayBeFirst(int version) {
        Refused at = refused.get(version);
        if (at == null) {
            return true;
        }
        long now = ticker.nanos();
        return now - at.trialAt >= 0 && refused.replace(version, at, Refused.after(at.times + 1, now));
    }
}
