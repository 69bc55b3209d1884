package dev.slipring.store;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Secrets from environment variables, for applications without a store: one deployment brings the next secret and
 * the time of the switch, and deadlines do the rest. For each declared variable {@code V}, these are read:
 *
 * <ul>
 *   <li>{@code V}, required: the secret. Its value is the text's UTF-8 as it stands; nothing is decoded.
 *   <li>{@code V_NEXT} and {@code V_SWITCH_AT}: until the switch {@code V} produces and {@code V_NEXT} is accepted;
 *       from then on {@code V_NEXT} produces and {@code V} retires; the overlap O later {@code V} is no longer
 *       accepted.
 *   <li>{@code V_PREVIOUS} and {@code V_SWITCH_AT}: the same rotation once the names have moved on, {@code V_PREVIOUS}
 *       being the old secret and {@code V} the new one. Replicas of both spellings see the same keyring.
 *   <li>{@code V_REJECT_ISSUED_BEFORE}: nothing issued at or before that moment is accepted.
 * </ul>
 *
 * <p>Times are like {@code 2030-01-31T09:00:00Z} or {@code 2030-01-31T10:00:00+01:00}. The deployment that brings
 * {@code V_NEXT} has to reach every replica P before the switch: a replica without it rejects what the others make
 * afterwards. After the overlap a later deployment leaves the new secret alone in {@code V}; before that, it is
 * {@code V} with {@code V_PREVIOUS} and the same {@code V_SWITCH_AT}.
 *
 * <p>What is read is a function of the variables and the time alone, so replicas whose clocks agree within the skew
 * agree. A view sees the switch up to the refresh interval R late, for which g has room. Only secrets that are
 * rotated by being known can be kept here, such as session keys; not key encryption keys, which are found by version
 * numbers that last: here each deployment counts from 1.
 *
 * <p>Each value that is handed out is a fresh copy. The variables themselves are strings that nobody can wipe, and
 * whoever may inspect the process reads them. Immutable and safe for use by several threads.
 */
public final class EnvironmentSecretSource implements SecretSource {
    private static final Logger LOG = LoggerFactory.getLogger(EnvironmentSecretSource.class);

    private final Map<SecretName, EnvironmentSecret> secrets;
    private final InstantSource clock;

    private EnvironmentSecretSource(Map<SecretName, EnvironmentSecret> secrets, InstantSource clock) {
        this.secrets = secrets;
        this.clock = clock;
    }

    /** Reads the variables of this process. */
    public static Builder builder() {
        return builder(System.getenv());
    }

    /** Reads {@code environment}, which is looked at when the source is built and never again. */
    public static Builder builder(Map<String, String> environment) {
        return new Builder(environment);
    }

    @Override
    public Reading read(SecretName secret) {
        Instant now = clock.instant();
        return new Reading(Optional.ofNullable(secrets.get(secret)).map(declared -> declared.record(now)), now);
    }

    @Override
    public Optional<SecretValue> value(SecretName secret, int version) {
        return Optional.ofNullable(secrets.get(secret)).flatMap(declared -> declared.value(version));
    }

    @Override
    public String toString() {
        return "EnvironmentSecretSource" + secrets.keySet();
    }

    /** Collects the declarations of an {@link EnvironmentSecretSource}. Not thread-safe. */
    public static final class Builder {
        /** A name that is easily told from a secret put in its place by mistake. */
        private static final Pattern VARIABLE = Pattern.compile("[A-Z_][A-Z0-9_]{0,63}");

        private final Map<String, String> environment;
        private final Map<SecretName, Declaration> declarations = new TreeMap<>();
        private InstantSource clock = InstantSource.system();

        private record Declaration(String variable, Timing timing) {}

        private Builder(Map<String, String> environment) {
            this.environment = Objects.requireNonNull(environment, "environment");
        }

        /** The wall clock that switches go by; the system's unless told. */
        public Builder clock(InstantSource value) {
            clock = Objects.requireNonNull(value, "clock");
            return this;
        }

        /**
         * Declares a secret.
         *
         * @param name by which the application asks for it
         * @param variable name of its environment variable
         * @param timing the durations of its rotation, such as those of a policy for sessions
         * @throws IllegalArgumentException if the secret is declared already, or the variable's name is not 1 to 64
         *     upper-case letters, digits and underscores
         */
        public Builder secret(SecretName name, String variable, Timing timing) {
            Objects.requireNonNull(timing, "timing");
            if (!VARIABLE.matcher(variable).matches()) {
                throw new IllegalArgumentException("secret " + name + ": the name of its environment variable is not"
                        + " 1 to 64 upper-case letters, digits and underscores");
            }
            if (declarations.putIfAbsent(name, new Declaration(variable, timing)) != null) {
                throw new IllegalArgumentException("secret " + name + " is declared already");
            }
            return this;
        }

        /**
         * Reads the variables of all declared secrets. If a switch is ahead but nearer than P, a warning is logged.
         *
         * @throws IllegalArgumentException if any of them cannot be used; the message lists all that is wrong by the
         *     names of variables: a secret is missing, blank, shorter than 32 bytes, surrounded by white space, no
         *     text, set twice or {@linkplain dev.slipring.keyring.SecretStrength no secret}; a time cannot be read;
         *     a switch has no second secret, or a second secret no switch; or there are three secrets
         */
        public EnvironmentSecretSource build() {
            EnvironmentVariables variables = new EnvironmentVariables(environment);
            Map<SecretName, EnvironmentSecret> secrets = new TreeMap<>();
            declarations.forEach((name, of) ->
                    variables.secret(name, of.variable, of.timing).ifPresent(secret -> secrets.put(name, secret)));
            if (!variables.flaws().isEmpty()) {
                secrets.values().forEach(EnvironmentSecret::wipe);
                throw new IllegalArgumentException("unusable environment: " + String.join("; ", variables.flaws()));
            }
            Instant now = clock.instant();
            secrets.values().stream().filter(secret -> secret.switchIsNear(now)).forEach(Builder::warn);
            return new EnvironmentSecretSource(secrets, clock);
        }

        private static void warn(EnvironmentSecret secret) {
            LOG.atWarn()
                    .addKeyValue("secret", secret.name())
                    .addKeyValue("switchAt", secret.switchAt().orElse(null))
                    .addKeyValue("publishDelay", secret.timing().get(TimingParameter.PUBLISH))
                    .log("the switch is nearer than P: replicas without the next secret reject what others make");
        }
    }
}
