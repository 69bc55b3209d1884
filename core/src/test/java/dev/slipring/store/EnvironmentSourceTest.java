package dev.slipring.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.slipring.contract.SourceContract;
import dev.slipring.keyring.SecretValue;
import java.util.Map;

class EnvironmentSourceTest extends SourceContract {
    @Override
    protected SecretSource holding(SecretValue value) {
        return EnvironmentSecretSource.builder(Map.of("APP_DB", value.reveal(bytes -> new String(bytes, US_ASCII))))
                .secret(NAME, "APP_DB", TIMING)
                .clock(clock)
                .build();
    }
}
