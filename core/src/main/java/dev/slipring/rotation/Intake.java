package dev.slipring.rotation;

import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.SecretRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/**
 * Looks at a value that an operator hands in, before it is stored: at what it must not be here and what its issuer says
 * of it. Safe for use by several threads.
 */
final class Intake {
    /** So many characters of a value in its label show too much of it. */
    private static final int TELLING = 10;

    private final SecretIssuer issuer;
    private final Environment environment;
    private final Function<SecretValue, Optional<String>> usedElsewhere;
    private final Function<SecretValue, Optional<String>> admission;
    private final Effects effects;

    Intake(Rotator.Builder builder, Effects effects) {
        issuer = builder.issuer;
        environment = builder.environment;
        usedElsewhere = builder.usedElsewhere;
        admission = builder.admission;
        this.effects = effects;
    }

    /**
     * Why {@code value} cannot be the next one, if anything: a sentence without material.
     *
     * @param record the versions that the secret has and had
     */
    Optional<String> flaw(SecretValue value, Optional<SecretRecord> record) {
        return record.flatMap(present -> known(value, present))
                .map(version -> "the value is that of version " + version.number() + ", which is " + version.state())
                .or(() -> usedElsewhere.apply(value).map(other -> "the value is in use already, as secret " + other))
                .or(() -> issuer.flaw(value, environment).map(flaw -> "the value " + flaw))
                .or(() -> refusal(value));
    }

    /** The same as far as it does not matter who makes the values. */
    Optional<String> refusal(SecretValue value) {
        return admission.apply(value).map(why -> "the value " + why);
    }

    /** The version that has or had {@code value}, unless that is only on its way and may be handed in again. */
    Optional<SecretVersion> known(SecretValue value, SecretRecord record) {
        Optional<String> fingerprint = Optional.of(effects.fingerprint(value));
        return record.versions().stream()
                .filter(version -> version.state() != VersionState.STAGED)
                .filter(version -> version.fingerprint().equals(fingerprint))
                .findFirst();
    }

    /** Whether {@code text} shows so much of {@code value} that it must not be kept. */
    static boolean tells(String text, SecretValue value) {
        return value.reveal(bytes -> {
            byte[] shown = text.getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i + TELLING <= shown.length; i++) {
                for (int k = 0; k + TELLING <= bytes.length; k++) {
                    if (Arrays.equals(shown, i, i + TELLING, bytes, k, k + TELLING)) {
                        return true;
                    }
                }
            }
            return false;
        });
    }
}
