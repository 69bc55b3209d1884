package dev.slipring;

import dev.slipring.guard.GuardFinding;
import dev.slipring.guard.GuardRails;
import dev.slipring.guard.GuardRule;
import dev.slipring.guard.SecretRefusedException;
import dev.slipring.keyring.Hkdf;
import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.UsableVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.observe.Finding;
import dev.slipring.observe.HealthWatch;
import dev.slipring.rotation.Environment;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.rotation.SecretKind;
import dev.slipring.store.SecretStore;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges the values of one replica's secrets: before one that is handed in is stored, when a secret is taken into use,
 * and whenever its keyring changes. Values are told from each other by digests under a key of this process alone. Safe
 * for use by several threads.
 */
final class Guards {
    private static final Logger LOG = LoggerFactory.getLogger(Guards.class);

    private final GuardRails rails;
    private final Environment environment;
    private final HealthWatch watch;
    private final Consumer<GuardFinding> told;
    private final byte[] processKey = new byte[32];
    private final Map<SecretName, Map<Integer, String>> digests = new HashMap<>();
    private final Map<SecretName, List<GuardFinding>> found = new HashMap<>();

    /**
     * Judges by {@code rails} in {@code environment}.
     *
     * @param told of what is warned of, once
     */
    Guards(GuardRails rails, Environment environment, HealthWatch watch, Consumer<GuardFinding> told) {
        this.rails = rails;
        this.environment = environment;
        this.watch = watch;
        this.told = told;
        new SecureRandom().nextBytes(processKey);
    }

    /** Whose values are judged: of which secret, made by whom and of which kind, where that is known. */
    record Guarded(
            SecretName name,
            @Nullable SecretIssuer issuer,
            @Nullable SecretKind kind) {}

    /** Why {@code value}, which is handed in, must not be stored: the rest of a sentence about it. */
    Optional<String> refusal(Guarded secret, SecretValue value) {
        List<GuardFinding> findings = new ArrayList<>();
        onPart(secret, value, part -> {
            findings.addAll(judge(secret, 0, part));
            duplicate(secret.name(), 0, digest(part)).ifPresent(findings::add);
        });
        List<GuardFinding> refused = findings.stream()
                .filter(finding -> rails.refuses(finding, environment))
                .toList();
        return refused.isEmpty()
                ? Optional.empty()
                : Optional.of(refused.stream().map(Guards::rule).collect(Collectors.joining("; it ")));
    }

    /**
     * Judges what {@code view} accepts, now and whenever it changes.
     *
     * @param store the other secrets of which are compared, if that was asked for; null if there is only a source
     * @throws SecretRefusedException if it must not be taken into use
     */
    void admit(Guarded secret, RotatingSecret view, @Nullable SecretStore store) {
        Keyring keyring = view.keyring();
        List<GuardFinding> across = store != null && rails.acrossStore() ? across(keyring, store) : List.of();
        List<GuardFinding> findings = examine(secret, keyring, across);
        List<GuardFinding> refused = findings.stream()
                .filter(finding -> rails.refuses(finding, environment))
                .toList();
        boolean succeeded = keyring.accepted().stream()
                .filter(version -> version.version().state() == VersionState.PUBLISHED)
                .anyMatch(version -> refused.stream().noneMatch(finding -> finding.version() == version.number()));
        List<GuardFinding> primary = refused.stream()
                .filter(finding -> finding.version() == keyring.primary().number())
                .toList();
        if (!primary.isEmpty() && !succeeded) {
            forget(secret.name());
            throw new SecretRefusedException(primary);
        }
        warn(secret.name(), findings);
        view.onChange(changed -> warn(secret.name(), examine(secret, changed, across)));
    }

    /** A line for each version that is accepted of {@code secrets}, by which other environments find what they share. */
    List<String> tags(Map<Guarded, Keyring> secrets) {
        List<String> lines = new ArrayList<>();
        rails.tags()
                .ifPresent(tags -> secrets.forEach((secret, keyring) -> keyring.accepted()
                        .forEach(version -> onPart(
                                secret,
                                version.value(),
                                part -> lines.add(tags.line(environment, secret.name(), version.number(), part))))));
        lines.sort(null);
        return lines;
    }

    private List<GuardFinding> examine(Guarded secret, Keyring keyring, List<GuardFinding> across) {
        Map<Integer, String> present = new TreeMap<>();
        List<GuardFinding> findings = new ArrayList<>();
        for (UsableVersion version : keyring.accepted()) {
            onPart(secret, version.value(), part -> {
                present.put(version.number(), digest(part));
                findings.addAll(judge(secret, version.number(), part));
            });
            across.stream().filter(other -> other.version() == version.number()).forEach(findings::add);
        }
        synchronized (digests) {
            digests.put(secret.name(), present);
        }
        present.forEach(
                (version, digest) -> duplicate(secret.name(), version, digest).ifPresent(findings::add));
        return findings;
    }

    private List<GuardFinding> judge(Guarded secret, int version, SecretValue part) {
        return rails.judge(
                new GuardRails.Subject(secret.name(), version, Optional.ofNullable(secret.kind()), environment), part);
    }

    private Optional<GuardFinding> duplicate(SecretName secret, int version, String digest) {
        synchronized (digests) {
            return digests.entrySet().stream()
                    .filter(other ->
                            !other.getKey().equals(secret) && other.getValue().containsValue(digest))
                    .map(other -> duplicated(secret, version, other.getKey()))
                    .findFirst();
        }
    }

    /** Records hold fingerprints under one key of the store, so no value of another secret is read. */
    private static List<GuardFinding> across(Keyring keyring, SecretStore store) {
        List<GuardFinding> findings = new ArrayList<>();
        for (SecretName other : store.names()) {
            if (other.equals(keyring.secret())) {
                continue;
            }
            List<Optional<String>> theirs = store.read(other).record().stream()
                    .flatMap(record -> record.versions().stream())
                    .filter(version -> version.state().accepts())
                    .map(SecretVersion::fingerprint)
                    .filter(Optional::isPresent)
                    .toList();
            for (UsableVersion version : keyring.accepted()) {
                if (theirs.contains(version.version().fingerprint())) {
                    findings.add(duplicated(keyring.secret(), version.number(), other));
                }
            }
        }
        return findings;
    }

    private static GuardFinding duplicated(SecretName secret, int version, SecretName other) {
        return new GuardFinding(secret, version, GuardRule.DUPLICATED, "is also that of secret " + other);
    }

    private void warn(SecretName secret, List<GuardFinding> findings) {
        List<GuardFinding> before;
        synchronized (digests) {
            before = Objects.requireNonNullElse(found.put(secret, findings), List.of());
        }
        watch.note(
                secret,
                Finding.Kind.GUARD,
                findings.stream().map(GuardFinding::toString).toList());
        findings.stream().filter(finding -> !before.contains(finding)).forEach(finding -> {
            LOG.atWarn().addKeyValue("secret", secret).log(finding.toString());
            told.accept(finding);
        });
    }

    private void forget(SecretName secret) {
        synchronized (digests) {
            digests.remove(secret);
        }
    }

    /** Calls {@code use} with what of {@code value} is secret, if anything is, and wipes that when it returns. */
    private void onPart(Guarded secret, SecretValue value, Consumer<SecretValue> use) {
        part(secret, value).ifPresent(part -> {
            try {
                use.accept(part);
            } finally {
                part.wipe();
            }
        });
    }

    /** The whole value where it cannot be told. */
    private Optional<SecretValue> part(Guarded secret, SecretValue value) {
        SecretIssuer issuer = secret.issuer();
        try {
            return rails.part(secret.name())
                    .map(found -> Optional.of(found.apply(value)))
                    .orElseGet(() -> issuer == null ? Optional.of(value.copy()) : issuer.secretPart(value));
        } catch (IllegalArgumentException e) {
            return Optional.of(value.copy());
        }
    }

    private String digest(SecretValue part) {
        return HexFormat.of().formatHex(part.reveal(bytes -> Hkdf.SHA256.extract(processKey, bytes)));
    }

    private static String rule(GuardFinding finding) {
        return finding.detail() + " (rule " + finding.rule() + ")";
    }
}
