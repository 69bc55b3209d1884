package dev.slipring.aws;

import org.junit.jupiter.api.BeforeAll;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** Against ministack, which keeps labels as the service does. */
class LiveAwsRotatedSecretTest extends AwsRotationContract {
    private static AwsEmulators emulators;

    @BeforeAll
    static void needsAnEmulator() {
        emulators = AwsEmulators.found();
    }

    @Override
    protected SecretsManagerClient open() {
        return emulators.client("ministack", "test", "test");
    }
}
