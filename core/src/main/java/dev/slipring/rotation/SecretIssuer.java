package dev.slipring.rotation;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * Whoever makes a value valid and invalid: nobody, a database, an API's owner.
 *
 * <p>Every method may be called again after a crash, by another replica, and by two replicas at once, and must
 * then have the same effect as one call: installing what is installed and revoking what is gone are successes.
 * A method must not outlast the deadline that its {@link IssuerTraits} state. Implementations are
 * thread-safe. Values that are passed in stay the caller's.
 */
public interface SecretIssuer {
    /** How this issuer is called in audits and metrics: a short, lasting word; the class's plain name unless told. */
    default String name() {
        return AuditEvent.Place.nameOf(this);
    }

    /** What the protocol must know of this issuer; always the same answer. */
    IssuerTraits traits();

    /**
     * Makes a new value. Wherever this library may choose the value, it makes nothing valid yet: the value is
     * stored first and installed afterwards.
     *
     * @param existing the values of the secret's other versions, with which the new one must not collide
     * @return the value, owned and wiped by the caller
     * @throws IssuerException if no value could be had
     */
    SecretValue mint(Issuance issuance, Collection<SecretValue> existing);

    /**
     * Makes {@code value} valid, without touching what another version needs. Where the issuer can tell, a version
     * that was revoked is refused: a call may be late, and what is revoked never comes back.
     *
     * @throws IssuerException if it is not certain that the value is valid now
     */
    void install(Issuance issuance, SecretValue value);

    /** Public facts about {@code value} for the record, such as an account's name; always the same for one value. */
    default Map<String, String> attributes(SecretValue value) {
        return Map.of();
    }

    /**
     * Why {@code value}, which an operator hands in, cannot be used: what is wrong with its form, or that it belongs to
     * another environment, or that it is not shown to be valid now. Called before the value is stored. Does not throw.
     *
     * @param environment where the value is to be used
     * @return the rest of a sentence that begins with "the value", without material; empty if it can be used
     */
    default Optional<String> flaw(SecretValue value, Environment environment) {
        return Optional.empty();
    }

    /**
     * What of {@code value} is secret, such as the password of a login: by that its strength is judged, and what is
     * equal. The whole value unless told; nothing, if it only names a secret that is kept elsewhere.
     *
     * @return owned and wiped by the caller
     * @throws IllegalArgumentException if it has not the form of this issuer's values
     */
    default Optional<SecretValue> secretPart(SecretValue value) {
        return Optional.of(value.copy());
    }

    /** Tries {@code value}; called only where the traits say that it can be probed. Does not throw. */
    ProbeVerdict probe(Issuance issuance, SecretValue value);

    /**
     * Makes the version invalid, reversibly where the issuer can; never touches a slot that a later version
     * owns.
     *
     * @throws IssuerException if it is not certain that the version is invalid now
     */
    void revoke(Issuance issuance);

    /**
     * Retires {@code minted}, which this replica has just minted for {@code issuance} while another replica's
     * value was stored first. Nothing to do where minting makes nothing valid.
     *
     * @throws IssuerException if it is not certain that it is retired; the sweep finds it then
     */
    default void discard(Issuance issuance, SecretValue minted) {}

    /**
     * Retires what was minted for {@code secret} in a rotation up to {@code sequence} and is none of {@code named};
     * called only where the traits say that there can be such orphans. What carries a later sequence, or no mark
     * of this secret, is left alone. After a crash an attempt may have been made twice, so of several that carry the
     * mark of one version only the one with its attributes is named.
     *
     * @param named every version that the record knows
     * @throws IssuerException if it is not certain that none is left
     */
    default void sweep(SecretName secret, long sequence, Collection<SecretVersion> named) {}

    /** Whether the version is in use; called only where the traits say that it can be told. Does not throw. */
    UseReport use(Issuance issuance);
}
