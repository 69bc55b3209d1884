package dev.slipring.session.servlet;

import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one response says of the session. A re-signed cookie is put in when something first might commit the response,
 * and is taken back when something happens that speaks against it; so there is no need to know when exactly a container
 * commits. Confined to the request, as the response is.
 */
final class SessionReply {
    static final String CACHE_CONTROL = "Cache-Control";
    static final String NO_STORE = "no-store";
    private static final String SET_COOKIE = "Set-Cookie";
    private static final String VARY = "Vary";

    private final HttpServletResponse response;
    private final String cookie;
    private final @Nullable String resigned;
    private boolean settled;
    private boolean told;
    private boolean unwanted;
    private boolean overtaken;

    /** {@code resigned} is the header that sets the re-signed cookie {@code cookie}; null if there is none to send. */
    SessionReply(HttpServletResponse response, String cookie, @Nullable String resigned) {
        this.response = response;
        this.cookie = cookie;
        this.resigned = resigned;
    }

    boolean isResigned() {
        return resigned != null;
    }

    void requireOpen() {
        if (response.isCommitted()) {
            throw new IllegalStateException(
                    "cookie " + cookie + ": the response is committed, so it is too late to set or end the session");
        }
    }

    /** Sends {@code headers} in the place of whatever is said of their cookies and of the session's. */
    void set(List<String> headers) {
        Set<String> names = headers.stream().map(SessionReply::nameIn).collect(Collectors.toSet());
        names.add(cookie);
        Collection<String> before = response.getHeaders(SET_COOKIE);
        List<String> after = new ArrayList<>(before);
        after.removeIf(header -> names.contains(nameIn(header)));
        Set<String> added = new LinkedHashSet<>(headers);
        if (after.size() < before.size()) {
            after.addAll(added);
            rewrite(after);
        } else {
            added.forEach(header -> response.addHeader(SET_COOKIE, header));
        }
        told = true;
        unwanted = true;
        forbidStoring();
    }

    /** The re-signed cookie is not to be sent, come what may. */
    void withhold() {
        unwanted = true;
        follow();
    }

    /** The application sets or clears the cookie {@code name}; not every container shows such cookies as headers. */
    void addedCookie(String name) {
        overtaken |= name.equals(cookie);
        follow();
    }

    /** The response has lost its headers. */
    void reset() {
        told = false;
        overtaken = false;
        follow();
    }

    /** Brings the headers in line before something that might commit the response. */
    void settle() {
        settled = true;
        follow();
    }

    /** Keeps the headers in line once they have been brought there. */
    void follow() {
        if (!settled || response.isCommitted()) {
            return;
        }
        if (told) {
            forbidStoring();
        } else if (resigned != null) {
            List<String> others = new ArrayList<>(response.getHeaders(SET_COOKIE));
            boolean present = others.remove(resigned);
            boolean wanted = !unwanted && !overtaken && !isSaidIn(others) && !clearsCookies();
            if (wanted) {
                if (!present) {
                    response.addHeader(SET_COOKIE, resigned);
                }
                forbidStoring();
            } else if (present) {
                rewrite(others);
            }
        }
    }

    private boolean isSaidIn(List<String> headers) {
        return headers.stream().anyMatch(header -> nameIn(header).equals(cookie));
    }

    private boolean clearsCookies() {
        return elements("Clear-Site-Data")
                .map(type -> type.replace("\"", ""))
                .anyMatch(type -> type.equals("*") || type.equalsIgnoreCase("cookies"));
    }

    private void rewrite(List<String> headers) {
        if (headers.isEmpty()) {
            response.setHeader(SET_COOKIE, null);
            if (response.containsHeader(SET_COOKIE)) {
                // Before Servlet 6.1 nothing says that null removes a header; browsers ignore an empty one.
                response.setHeader(SET_COOKIE, "");
            }
        } else {
            response.setHeader(SET_COOKIE, headers.get(0));
            headers.subList(1, headers.size()).forEach(header -> response.addHeader(SET_COOKIE, header));
        }
    }

    private void forbidStoring() {
        response.setHeader(CACHE_CONTROL, NO_STORE);
        List<String> vary = elements(VARY).toList();
        if (vary.stream().noneMatch(field -> field.equals("*") || field.equalsIgnoreCase("Cookie"))) {
            response.setHeader(
                    VARY, Stream.concat(vary.stream(), Stream.of("Cookie")).collect(Collectors.joining(", ")));
        }
    }

    private Stream<String> elements(String header) {
        return response.getHeaders(header).stream()
                .flatMap(value -> Stream.of(value.split(",")))
                .map(String::strip)
                .filter(element -> !element.isEmpty());
    }

    /** The cookie that the value of a {@code Set-Cookie} header sets or clears. */
    private static String nameIn(String header) {
        int semicolon = header.indexOf(';');
        String pair = semicolon < 0 ? header : header.substring(0, semicolon);
        int equals = pair.indexOf('=');
        return equals < 0 ? "" : pair.substring(0, equals).strip();
    }
}
