package dev.slipring.session.servlet;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a web server answers, as it goes over the wire.
 *
 * @param status the code
 * @param headers one line each
 * @param body without the marks between chunks
 */
record Answer(int status, List<String> headers, byte[] body) {

    /** Sends one request with {@code headers}, one line each, over a connection of its own. */
    static Answer to(int port, String request, List<String> headers) throws IOException {
        List<String> lines = new ArrayList<>(List.of(request + " HTTP/1.1", "Host: localhost:" + port));
        lines.addAll(headers);
        lines.add("Connection: close");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            return parse(socket.getInputStream().readAllBytes());
        }
    }

    private static Answer parse(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        List<String> lines = List.of(text.substring(0, end).split("\r\n"));
        Answer raw = new Answer(
                Integer.parseInt(lines.get(0).split(" ")[1]),
                lines.subList(1, lines.size()),
                Arrays.copyOfRange(bytes, end + 4, bytes.length));
        return raw.all("Transfer-Encoding").contains("chunked")
                ? new Answer(raw.status, raw.headers, joined(raw.body))
                : raw;
    }

    private static byte[] joined(byte[] chunks) {
        ByteArrayInputStream in = new ByteArrayInputStream(chunks);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (true) {
            StringBuilder size = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IllegalStateException("the body ends in the middle");
                }
                size.append((char) c);
            }
            int length = Integer.parseInt(size.toString().strip(), 16);
            if (length == 0) {
                return out.toByteArray();
            }
            byte[] chunk = new byte[length];
            if (in.readNBytes(chunk, 0, length) < length) {
                throw new IllegalStateException("the body ends in the middle");
            }
            out.writeBytes(chunk);
            in.skip(2);
        }
    }

    /** The values of all headers of one name. */
    List<String> all(String name) {
        String start = name + ":";
        return headers.stream()
                .filter(line -> line.regionMatches(true, 0, start, 0, start.length()))
                .map(line -> line.substring(start.length()).strip())
                .toList();
    }

    List<String> setCookies() {
        return all("Set-Cookie");
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
