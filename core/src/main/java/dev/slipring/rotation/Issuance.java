package dev.slipring.rotation;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import java.util.Objects;
import java.util.Optional;

/**
 * Names one version at its issuer, so that every external effect can be told apart from every other and
 * repeated without harm. Metadata only.
 *
 * @param secret the secret
 * @param version number of the version
 * @param slot the slot that the version occupies; empty if the issuer has none
 * @param rotationId random id of the rotation that made the version, lower-case letters and digits
 * @param sequence number of that rotation within the secret, from 1
 * @param attempt number of the attempt to mint within that rotation, from 1
 */
public record Issuance(
        SecretName secret, int version, Optional<String> slot, String rotationId, long sequence, int attempt) {
    public Issuance {
        Objects.requireNonNull(secret, "secret");
        Objects.requireNonNull(rotationId, "rotationId");
    }

    /** How {@code version} of {@code secret} is called at its issuer. */
    static Issuance of(SecretName secret, SecretVersion version) {
        SecretVersion.Origin origin = version.origin();
        return new Issuance(
                secret, version.number(), version.slot(), origin.rotationId(), origin.sequence(), origin.attempt());
    }
}
