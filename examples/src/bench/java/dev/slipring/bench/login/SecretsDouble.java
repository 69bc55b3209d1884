package dev.slipring.bench.login;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.slipring.jdbc.login.Login;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * As much of AWS Secrets Manager as the JDBC driver asks for: {@code DescribeSecret} and {@code GetSecretValue}, in AWS
 * JSON 1.1, on this machine. Safe for use by several threads.
 */
final class SecretsDouble implements AutoCloseable {
    private static final Pattern ID = Pattern.compile("\"SecretId\"\\s*:\\s*\"([^\"]+)\"");

    private final Map<String, Version> secrets = new ConcurrentHashMap<>();
    private final HttpServer server;

    private record Version(int number, String user, String password) {}

    /** Starts it, and tells the driver where it is. */
    SecretsDouble() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        System.setProperty(
                "drivers.vpcEndpointUrl",
                "http://127.0.0.1:" + server.getAddress().getPort());
        System.setProperty("drivers.vpcEndpointRegion", "eu-central-1");
        System.setProperty("aws.accessKeyId", "nobody");
        System.setProperty("aws.secretAccessKey", "nothing");
    }

    /** Makes the newest login of {@code role} the current version of the secret {@code id}. */
    void put(String id, AlternatingRole role) {
        Login login = role.current();
        secrets.compute(
                id,
                (key, known) ->
                        new Version(known == null ? 1 : known.number + 1, login.user(), login.revealPassword()));
        login.wipe();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
            Matcher id = ID.matcher(request);
            Version version = id.find() ? secrets.get(id.group(1)) : null;
            boolean known = version != null && target != null;
            byte[] answer = (known ? json(id.group(1), version, target) : "{\"__type\":\"ResourceNotFoundException\"}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
            exchange.sendResponseHeaders(known ? 200 : 400, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    /** The version ids are as long as the real ones. Neither user nor password has characters that JSON escapes. */
    private static String json(String id, Version version, String target) {
        String versionId = String.format("00000000-0000-0000-0000-%012d", version.number);
        String head = "{\"ARN\":\"arn:aws:secretsmanager:eu-central-1:000000000000:secret:" + id + "\",\"Name\":\"" + id
                + "\",";
        if (target.endsWith(".DescribeSecret")) {
            return head + "\"VersionIdsToStages\":{\"" + versionId + "\":[\"AWSCURRENT\"]}}";
        }
        return head + "\"VersionId\":\"" + versionId + "\",\"VersionStages\":[\"AWSCURRENT\"],\"SecretString\":"
                + "\"{\\\"username\\\":\\\"" + version.user + "\\\",\\\"password\\\":\\\"" + version.password
                + "\\\"}\"}";
    }
}
