package dev.slipring.rotation;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What waits for an operator: the next value of a secret whose values are made elsewhere, and the end of the old one.
 *
 * <p>A value is stored under the number of the next version before anything begins. Where one is found, a rotation
 * begins at once, whoever stored it; so a crash leaves either nothing or a value that goes into use. Until then nothing
 * is under way, the present version stays in use, and somebody is reminded. Stateless.
 */
final class ProvisionPart {
    /** The public fact under which the operator's label is kept. */
    static final String LABEL = "label";

    private static final Duration WEEKLY = Duration.ofDays(7);
    private static final Duration DAILY = Duration.ofDays(1);

    private ProvisionPart() {}

    /** Whether a value for the next version is known to be stored. */
    static boolean isProvided(Situation s) {
        return s.evidence().stored().containsKey(s.record().nextNumber());
    }

    /** The look for such a value, once in each pass. */
    static Optional<Step> look(Situation s) {
        Step.Mint look = new Step.Mint(s.coming());
        boolean wanted = s.traits().provided() && s.record().orders().closing().isEmpty();
        return wanted && !isProvided(s) && !s.evidence().hasFailed(look) ? Optional.of(look) : Optional.empty();
    }

    /** What to do while no value is there. */
    static Step awaited(Situation s) {
        Optional<Step> look = look(s);
        if (look.isPresent()) {
            return look.get();
        } else if (isProviding(s)) {
            return occupied(s.record().nextNumber());
        }
        SecretVersion primary = s.primary();
        String version = "version " + primary.number();
        if (s.replacing()) {
            return s.alert(version + " is compromised and stays in use until an operator provides the next value");
        }
        Instant due = s.policy().beginAt(s.record().secret(), primary);
        Instant warn = s.at(primary, Stamp.PRIMARY).plus(s.policy().deadlines().warn());
        if (s.now().isBefore(due)) {
            return new Step.Wait(due, "an operator provides the next value");
        }
        return s.now().isBefore(warn)
                ? new Step.Alert(
                        s.soon(), version + " is due to be replaced: an operator has to provide the next value", WEEKLY)
                : new Step.Alert(
                        s.soon(),
                        version + " is overdue to be replaced and reaches its maximum age at "
                                + s.at(primary, Stamp.PRIMARY).plus(s.policy().maxAge())
                                + ": an operator has to provide the next value",
                        DAILY);
    }

    /** Stores the value that comes with the command, and begins; also anew under a rotation that has lost its value. */
    static Step provide(Situation s) {
        if (!s.traits().provided()) {
            return new Step.Refuse("the values of this secret are made by its issuer, not provided");
        }
        Optional<SecretVersion> incoming = s.in(VersionState.STAGED);
        return s.record().phase() == Phase.MINTING && incoming.isPresent()
                ? ForwardPart.minting(s, incoming.get())
                : ForwardPart.begin(s);
    }

    /** The step that gets the value of a version under way. */
    static Step mint(Situation s, Issuance issuance) {
        Step.Mint mint = new Step.Mint(issuance);
        if (!s.traits().provided() || !s.evidence().hasFailed(mint)) {
            return mint;
        }
        return isProviding(s)
                ? occupied(issuance.version())
                : s.alert("the value of version " + issuance.version()
                        + " is not in the store: an operator has to provide it again");
    }

    /** {@code version} with what is known of its stored value, and how the operator finds that again. */
    static SecretVersion described(Situation s, SecretVersion version) {
        Evidence.Stored stored = s.evidence().stored().get(version.number());
        if (stored == null) {
            return version;
        }
        Map<String, String> facts = new TreeMap<>(version.attributes());
        s.evidence()
                .command()
                .filter(command -> command instanceof Command.Provide provide
                        && !provide.label().isEmpty())
                .ifPresent(command -> facts.put(LABEL, ((Command.Provide) command).label()));
        facts.putAll(stored.attributes());
        return version.valued(stored.fingerprint(), facts);
    }

    /** Whether nobody ever used {@code version} from here, so that its value may be in rightful use elsewhere. */
    static boolean isUnused(Situation s, SecretVersion version) {
        return s.traits().provided() && version.at(Stamp.PRIMARY).isEmpty() && !s.compromised(version);
    }

    /** Whether an operator says that the value of {@code version} was expired. */
    static boolean isExpired(Situation s, SecretVersion version) {
        return s.evidence()
                .command()
                .filter(command -> command instanceof Command.Expired expired && expired.version() == version.number())
                .isPresent();
    }

    /** What an operator's word that {@code version} was expired brings about. */
    static Step expired(Situation s, SecretVersion version) {
        if (!s.traits().provided() || s.traits().probes() || version.state() != VersionState.REVOKING) {
            return new Step.Refuse("version " + version.number() + " is " + version.state()
                    + (s.traits().probes() ? ", and a probe tells whether it was expired" : "")
                    + ": there is nothing to confirm");
        }
        return RetirementPart.revoke(s, version);
    }

    /** Asks for the end of {@code version} where it was made. */
    static Step expire(Situation s, SecretVersion version) {
        String shown = s.verdict(version)
                .map(verdict -> "it probes " + verdict)
                .orElse("no probe can tell, so confirm that it was expired");
        return new Step.Alert(
                s.soon(),
                "version " + version.number()
                        + (version.attributes().isEmpty() ? "" : " " + version.attributes())
                        + version.at(Stamp.PRIMARY)
                                .map(at -> ", in use from " + at)
                                .orElse(", never in use")
                        + version.at(Stamp.RETIRING).map(at -> " until " + at).orElse("")
                        + ", is not needed any more: an operator has to expire it where it was made; " + shown,
                s.compromised(version) ? EmergencyPart.REMINDER : DAILY);
    }

    private static boolean isProviding(Situation s) {
        return s.evidence().command().filter(Command.Provide.class::isInstance).isPresent();
    }

    private static Step.Refuse occupied(int number) {
        return new Step.Refuse("another value was provided for version " + number
                + " before and goes into use by itself; to use this one, abort that rotation and provide it again");
    }
}
