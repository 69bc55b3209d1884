package dev.slipring.aws;

import org.junit.jupiter.api.BeforeAll;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** Against moto, which checks signatures and rights. */
class LiveAwsSignedRotationTest extends AwsRotationContract {
    private static AwsEmulators emulators;

    @BeforeAll
    static void needsAnEmulator() {
        emulators = AwsEmulators.found();
    }

    @Override
    protected SecretsManagerClient open() {
        return emulators.client("moto", emulators.told("motoKey"), emulators.told("motoSecret"));
    }
}
