package dev.slipring.rotation;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.store.SecretRecord;
import java.util.stream.Collectors;

/** Parts of a model's state in words. Stateless. */
final class Told {
    private Told() {}

    static String record(SecretRecord record) {
        return "epoch " + record.epoch() + " " + record.phase() + " "
                + record.versions().stream().map(Told::version).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String version(SecretVersion version) {
        return version.number() + " " + version.state()
                + (version.held().isPresent() ? " held" : "")
                + (version.compromised().isPresent() ? " compromised" : "")
                + version.slot().map(slot -> " in slot " + slot).orElse("");
    }
}
