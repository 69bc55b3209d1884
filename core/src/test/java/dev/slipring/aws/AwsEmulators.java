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

/** The emulators of {@code -Dslipring.aws=FILE}, where {@code .ci/aws-emulators} has written how to reach them. */
record AwsEmulators(Properties reach) {
    /** The emulators; the test is skipped if none are told, or fails where they are required. */
    static AwsEmulators found() {
        Properties reach = new Properties();
        String file = System.getProperty("slipring.aws");
        if (file != null) {
            try (Reader in = Files.newBufferedReader(Path.of(file))) {
                reach.load(in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        } else if (Boolean.getBoolean("require.aws")) {
            throw new AssertionError("-Dslipring.aws=FILE is not given; .ci/aws-emulators DIR writes one");
        }
        Assumptions.assumeTrue(reach.containsKey("moto"), "no emulators are told");
        return new AwsEmulators(reach);
    }

    String told(String name) {
        return reach.getProperty(name);
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
