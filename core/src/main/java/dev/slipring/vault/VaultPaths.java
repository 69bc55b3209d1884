package dev.slipring.vault;

import dev.slipring.keyring.SecretName;

/** Where a store keeps what, in one engine. Names of secrets are harmless in a path. Immutable. */
final class VaultPaths {
    private final String mount;
    private final String prefix;

    VaultPaths(String mount, String prefix) {
        this.mount = mount;
        this.prefix = prefix;
    }

    String mount() {
        return mount;
    }

    String plain(SecretName secret) {
        return prefix + "/" + secret;
    }

    String records() {
        return prefix + "/slipring/record";
    }

    String record(SecretName secret) {
        return records() + "/" + secret;
    }

    String values(SecretName secret) {
        return prefix + "/slipring/value/" + secret;
    }

    String value(SecretName secret, int version) {
        return values(secret) + "/" + version;
    }

    String staged(SecretName secret) {
        return prefix + "/slipring/staged/" + secret;
    }

    String staged(SecretName secret, int version) {
        return staged(secret) + "/" + version;
    }

    String reports(SecretName secret) {
        return prefix + "/slipring/replica/" + secret;
    }

    String report(SecretName secret, String replica) {
        return reports(secret) + "/" + replica;
    }

    String installation() {
        return prefix + "/slipring/installation";
    }

    @Override
    public String toString() {
        return mount + "/" + prefix;
    }
}
