package dev.slipring.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.keyring.SecretValue;
import dev.slipring.vault.VaultAuthentication;
import dev.slipring.vault.VaultClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;

/**
 * A real server: that of {@code -Dslipring.vault=FILE}, where {@code .ci/openbao} has written how to reach it, or of
 * {@code VAULT_ADDR} and {@code VAULT_TOKEN}.
 */
final class LiveVault implements VaultServer {
    private final Properties reach;

    private LiveVault(Properties reach) {
        this.reach = reach;
        post("sys/mounts/transit", "{\"type\":\"transit\"}"); // refused if it is there already
        post("sys/auth/approle", "{\"type\":\"approle\"}");
    }

    /** The server; the test is skipped if none is told, or fails where one is required. */
    static LiveVault found() {
        Properties reach = new Properties();
        String file = System.getProperty("slipring.vault");
        Map<String, String> environment = System.getenv();
        if (file != null) {
            try (Reader in = Files.newBufferedReader(Path.of(file))) {
                reach.load(in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        } else if (environment.containsKey("VAULT_ADDR") && environment.containsKey("VAULT_TOKEN")) {
            reach.setProperty("address", environment.get("VAULT_ADDR"));
            reach.setProperty("token", environment.get("VAULT_TOKEN"));
        } else if (Boolean.getBoolean("require.vault")) {
            throw new AssertionError("-Dslipring.vault=FILE is not given; .ci/openbao DIR writes one");
        }
        Assumptions.assumeTrue(reach.containsKey("address"), "no server is told");
        return new LiveVault(reach);
    }

    /** How to reach the server otherwise; the test is skipped if nothing tells it. */
    String told(String name) {
        Assumptions.assumeTrue(reach.containsKey(name), name + " is not told");
        return reach.getProperty(name);
    }

    @Override
    public VaultClient.Builder client() {
        return client(told("token"));
    }

    @Override
    public VaultClient.Builder limited(String... paths) {
        return client(field(
                post("auth/token/create", "{\"policies\":[\"" + policy(paths) + "\"],\"no_default_policy\":true}"),
                "client_token"));
    }

    @Override
    public VaultClient.Builder stranger() {
        return client("s.stranger");
    }

    /** Logs in by a role that may write to these paths, with tokens that live so many seconds. */
    VaultClient.Builder role(int seconds, String... paths) {
        String policy = policy(paths);
        String role = "auth/approle/role/" + policy;
        post(role, "{\"token_policies\":[\"" + policy + "\"],\"token_ttl\":\"" + seconds + "s\"}");
        String id = field(asked("GET", role + "/role-id", ""), "role_id");
        return VaultClient.builder(
                URI.create(told("address")),
                VaultAuthentication.appRole(id, () -> value(field(post(role + "/secret-id", "{}"), "secret_id"))));
    }

    /** Takes every token of the role that {@link #role} made from its holders. */
    void revokeTokensOfRoles() {
        post("sys/leases/revoke-prefix/auth/approle", "{}");
    }

    @Override
    public void sealed(boolean value) {
        if (value) {
            told("unsealKey"); // a server that cannot be unsealed again is left alone
            post("sys/seal", "{}");
        } else {
            post("sys/unseal", "{\"key\":\"" + told("unsealKey") + "\"}");
        }
    }

    private VaultClient.Builder client(String token) {
        return VaultClient.builder(URI.create(told("address")), VaultAuthentication.token(value(token)));
    }

    private String policy(String... paths) {
        String name = "test-" + Integer.toHexString(Arrays.hashCode(paths));
        String rules = Arrays.stream(paths)
                .map(path -> "path \\\"" + path + "*\\\" { capabilities = [\\\"update\\\"] }")
                .collect(Collectors.joining(" "));
        post("sys/policies/acl/" + name, "{\"policy\":\"" + rules + "\"}");
        return name;
    }

    private String post(String path, String body) {
        return asked("POST", path, body);
    }

    private String asked(String method, String path, String body) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create(told("address") + "/v1/" + path).toURL().openConnection();
            connection.setRequestMethod(method);
            connection.setRequestProperty("X-Vault-Token", told("token"));
            if (!body.isEmpty()) {
                connection.setDoOutput(true);
                connection.getOutputStream().write(body.getBytes(UTF_8));
            }
            InputStream answer =
                    connection.getResponseCode() < 400 ? connection.getInputStream() : connection.getErrorStream();
            return answer == null ? "" : new String(answer.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String field(String json, String name) {
        int start = json.indexOf("\"" + name + "\":\"");
        if (start < 0) {
            throw new AssertionError("the server's answer has no " + name);
        }
        start += name.length() + 4;
        return json.substring(start, json.indexOf('"', start));
    }

    private static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(US_ASCII));
    }
}
