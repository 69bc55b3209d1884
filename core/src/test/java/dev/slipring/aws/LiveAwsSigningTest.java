package dev.slipring.aws;

import static dev.slipring.contract.Records.NAME;
import static dev.slipring.contract.Records.at;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.SecretValue;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.WriteWindow;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** Against moto, which checks signatures; of labels and client tokens it is not asked, since it is wrong about both. */
class LiveAwsSigningTest {
    private static AwsEmulators emulators;

    @BeforeAll
    static void needsAnEmulator() {
        emulators = AwsEmulators.found();
    }

    @Test
    void requests_signedWithTheKey_areTaken_andOthersRefusedByName() {
        String prefix = "app-" + UUID.randomUUID();
        SecretValue one = SecretValue.copyOf("one".getBytes(UTF_8));
        WriteWindow window = WriteWindow.open(System::nanoTime, Duration.ofMinutes(5));
        try (SecretsManagerClient client =
                        emulators.client("moto", emulators.told("motoKey"), emulators.told("motoSecret"));
                SecretsManagerClient wrong = emulators.client("moto", emulators.told("motoKey"), "another key");
                SecretsManagerClient stranger = emulators.client("moto", "AKIAIOSFODNN7EXAMPLE", "a key")) {
            AwsSecretStore store = AwsSecretStore.builder(client, prefix).build();
            assertThat(store.read(NAME).record()).isEmpty();
            assertThat(store.compareAndSet(at(1, "a"), window)).isTrue();
            assertThat(store.putValueIfAbsent(NAME, 1, one)).isEqualTo(one);
            for (SecretsManagerClient refused : List.of(wrong, stranger)) {
                // moto writes this refusal in the form of other services, so that nothing but its status is told.
                assertThatThrownBy(() ->
                                AwsSecretStore.builder(refused, prefix).build().value(NAME, 1))
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessageContaining("GetSecretValue " + prefix + "/" + NAME + " in eu-central-1: status 403");
            }
        }
    }
}
