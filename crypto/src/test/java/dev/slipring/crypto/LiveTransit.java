package dev.slipring.crypto;

import dev.slipring.contract.LiveVault;
import dev.slipring.vault.VaultClient;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The transit engine of a real server. */
record LiveTransit(LiveVault vault) implements VaultServer {
    LiveTransit {
        vault.post("sys/mounts/transit", "{\"type\":\"transit\"}"); // refused if it is there already
    }

    /** Allows writing to these paths and to what begins like them. */
    static String policy(String... paths) {
        return Arrays.stream(paths)
                .map(path -> "path \"" + path + "*\" { capabilities = [\"update\"] }")
                .collect(Collectors.joining("\n"));
    }

    @Override
    public VaultClient.Builder client() {
        return vault.client();
    }

    @Override
    public VaultClient.Builder limited(String... paths) {
        return vault.limited(policy(paths));
    }

    @Override
    public VaultClient.Builder stranger() {
        return vault.client("s.stranger");
    }

    @Override
    public void sealed(boolean value) {
        vault.sealed(value);
    }
}
