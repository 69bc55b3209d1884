package dev.slipring.vault;

/**
 * What a server says of a transit key.
 *
 * @param type such as {@code aes256-gcm96}
 * @param derived whether it derives another key for each context
 * @param latestVersion the newest version, from 1
 * @param minDecryptionVersion the oldest version that decrypts
 * @param minEncryptionVersion the oldest version that encrypts; 0 if that is only the newest unless asked for
 */
public record TransitKeyStatus(
        String type, boolean derived, int latestVersion, int minDecryptionVersion, int minEncryptionVersion) {}
