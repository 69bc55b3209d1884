package dev.slipring.contract;

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
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Assumptions;

/**
 * A real server: that of {@code -Dslipring.vault=FILE}, where {@code .ci/openbao} has written how to reach it, or of
 * the environment's {@code VAULT_ADDR} and {@code VAULT_TOKEN}. Without one tests are skipped, unless
 * {@code -Drequire.vault=true} makes that a failure. What tests leave there stays.
 */
public final class LiveVault {
    private final Properties reach;

    /** What the server has said. */
    public record Answer(int status, String body) {
        public boolean isSuccess() {
            return status < 300;
        }

        /** A text of the answer. */
        public String field(String name) {
            int start = body.indexOf("\"" + name + "\":\"");
            if (start < 0) {
                throw new AssertionError("the server's answer of status " + status + " has no " + name);
            }
            start += name.length() + 4;
            return body.substring(start, body.indexOf('"', start));
        }
    }

    private LiveVault(Properties reach) {
        this.reach = reach;
    }

    /** The server; the test is skipped if none is told, or fails where one is required. */
    public static LiveVault found() {
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
            throw new AssertionError("neither -Dslipring.vault=FILE, which .ci/openbao DIR writes, nor VAULT_ADDR and"
                    + " VAULT_TOKEN tell of a server");
        }
        Assumptions.assumeTrue(
                reach.containsKey("address"), "neither slipring.vault nor VAULT_ADDR and VAULT_TOKEN tell of a server");
        return new LiveVault(reach);
    }

    /** How to reach the server otherwise; the test is skipped if nothing tells it. */
    public String told(String name) {
        Assumptions.assumeTrue(reach.containsKey(name), name + " is not told");
        return reach.getProperty(name);
    }

    /** Somebody who may do everything. */
    public VaultClient.Builder client() {
        return client(told("token"));
    }

    /** The holder of {@code token}. */
    public VaultClient.Builder client(String token) {
        return VaultClient.builder(URI.create(told("address")), VaultAuthentication.token(value(token)));
    }

    /** Somebody who may do what {@code policy} says, which is in the server's language, and nothing else. */
    public VaultClient.Builder limited(String policy) {
        String body = "{\"policies\":[\"" + named(policy) + "\"],\"no_default_policy\":true}";
        return client(done("auth/token/create", body).field("client_token"));
    }

    /** The same by a role, with tokens that live so many seconds. */
    public VaultClient.Builder role(int seconds, String policy) {
        post("sys/auth/approle", "{\"type\":\"approle\"}"); // refused if it is there already
        String name = named(policy);
        String role = "auth/approle/role/" + name;
        done(role, "{\"token_policies\":[\"" + name + "\"],\"token_ttl\":\"" + seconds + "s\"}");
        String id = asked("GET", role + "/role-id", "").field("role_id");
        return VaultClient.builder(
                URI.create(told("address")),
                VaultAuthentication.appRole(
                        id, () -> value(done(role + "/secret-id", "{}").field("secret_id"))));
    }

    /** Takes every token of the roles that {@link #role} made from its holders. */
    public void revokeTokensOfRoles() {
        done("sys/leases/revoke-prefix/auth/approle", "{}");
    }

    /** Seals the server, or unseals it. */
    public void sealed(boolean value) {
        String key = told("unsealKey"); // a server that cannot be unsealed again is left alone
        done(value ? "sys/seal" : "sys/unseal", value ? "{}" : "{\"key\":\"" + key + "\"}");
    }

    /** Posts {@code body}, which is JSON, and needs it to be taken. */
    public Answer done(String path, String body) {
        Answer answer = post(path, body);
        if (!answer.isSuccess()) {
            throw new AssertionError("the server refused " + path + " with status " + answer.status);
        }
        return answer;
    }

    /** Posts {@code body}, which is JSON. */
    public Answer post(String path, String body) {
        return asked("POST", path, body);
    }

    private String named(String policy) {
        String name = "test-" + Integer.toHexString(policy.hashCode());
        String text = policy.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        done("sys/policies/acl/" + name, "{\"policy\":\"" + text + "\"}");
        return name;
    }

    private Answer asked(String method, String path, String body) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create(told("address") + "/v1/" + path).toURL().openConnection();
            connection.setRequestMethod(method);
            connection.setRequestProperty("X-Vault-Token", told("token"));
            if (!body.isEmpty()) {
                connection.setDoOutput(true);
                connection.getOutputStream().write(body.getBytes(UTF_8));
            }
            int status = connection.getResponseCode();
            try (InputStream answer = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                return new Answer(status, answer == null ? "" : new String(answer.readAllBytes(), UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(US_ASCII));
    }
}
