package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Base64;
import java.util.stream.Collectors;

/** A service that refuses everything, and gives as its reason all that it was told, wherever services put a reason. */
final class CarelessService implements AutoCloseable {
    private final HttpServer server;
    private final int status;

    private CarelessService(HttpServer server, int status) {
        this.server = server;
        this.status = status;
    }

    /** One that answers with {@code status}. */
    static CarelessService answering(int status) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        CarelessService service = new CarelessService(server, status);
        server.createContext("/", service::answer);
        server.start();
        return service;
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String headers = exchange.getRequestHeaders().values().stream()
                .flatMap(values -> values.stream())
                .map(value -> value + " " + pair(value))
                .collect(Collectors.joining(" "));
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        String told = Json.quoted("refused: " + headers + " " + body);
        byte[] reply = ("{\"errors\":[" + told + "],\"error\":{\"message\":" + told + ",\"code\":" + told
                        + "},\"message\":" + told + ",\"__type\":\"AccessDeniedException\"}")
                .getBytes(UTF_8);
        exchange.sendResponseHeaders(status, reply.length);
        exchange.getResponseBody().write(reply);
        exchange.close();
    }

    /** User and password, if they are told in base64. */
    private static String pair(String header) {
        String basic = "Basic ";
        return header.startsWith(basic)
                ? new String(Base64.getDecoder().decode(header.substring(basic.length())), ISO_8859_1)
                : "";
    }
}
