package dev.slipring.examples.cli;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.store.SecretStore;
import java.util.List;
import java.util.Optional;

/** The values that other secrets of a store produce with, since one value must not serve two ends. */
record ValuesInUse(SecretStore store, SecretName except) {
    /** The other secret that has {@code value} as its primary one. */
    Optional<String> user(SecretValue value) {
        for (SecretName name : store.names()) {
            if (!name.equals(except) && isPrimary(name, value)) {
                return Optional.of(name.value());
            }
        }
        return Optional.empty();
    }

    private boolean isPrimary(SecretName name, SecretValue value) {
        List<SecretVersion> primaries = store.read(name).record().stream()
                .flatMap(record -> record.versions().stream())
                .filter(version -> version.state().produces())
                .toList();
        for (SecretVersion version : primaries) {
            Optional<SecretValue> stored = store.value(name, version.number());
            boolean same = stored.filter(value::equals).isPresent();
            stored.ifPresent(SecretValue::wipe);
            if (same) {
                return true;
            }
        }
        return false;
    }
}
