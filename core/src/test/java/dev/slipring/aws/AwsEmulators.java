package dev.slipring.aws;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Assumptions;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The emulators of {@code -Dslipring.aws=FILE}, where {@code .ci/aws-emulators} has written how to reach them, or the
 * one at the environment's {@code AWS_ENDPOINT_URL}, by its keys.
 */
record AwsEmulators(Properties reach) {
    /** The emulators; the test is skipped if none are told, or fails where they are required. */
    static AwsEmulators found() {
        Properties reach = new Properties();
        String file = System.getProperty("slipring.aws");
        String endpoint = System.getenv("AWS_ENDPOINT_URL");
        if (file != null) {
            try (Reader in = Files.newBufferedReader(Path.of(file))) {
                reach.load(in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        } else if (endpoint != null) {
            reach.setProperty("moto", endpoint);
            reach.setProperty("ministack", endpoint);
            tell(reach, "motoKey", "AWS_ACCESS_KEY_ID");
            tell(reach, "motoSecret", "AWS_SECRET_ACCESS_KEY");
        } else if (Boolean.getBoolean("require.aws")) {
            throw new AssertionError("neither -Dslipring.aws=FILE, which .ci/aws-emulators DIR writes, nor"
                    + " AWS_ENDPOINT_URL tells of an emulator");
        }
        Assumptions.assumeTrue(
                reach.containsKey("moto"), "neither slipring.aws nor AWS_ENDPOINT_URL tells of an emulator");
        return new AwsEmulators(reach);
    }

    private static void tell(Properties reach, String name, String variable) {
        String value = System.getenv(variable);
        if (value != null) {
            reach.setProperty(name, value);
        }
    }

    /** How to reach them; the test is skipped if nothing tells it. */
    String told(String name) {
        Assumptions.assumeTrue(reach.containsKey(name), name + " is not told");
        return reach.getProperty(name);
    }

    /** Whether the one that is asked of labels lets one of several writers win. */
    boolean arbitrates() {
        return Boolean.parseBoolean(reach.getProperty("ministackArbitrates"));
    }

    SecretsManagerClient client(String emulator, String accessKey, String secretKey) {
        return SecretsManagerClient.builder()
                .endpointOverride(URI.create(told(emulator)))
                .region(Region.EU_CENTRAL_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }
}
