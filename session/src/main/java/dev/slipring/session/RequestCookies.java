package dev.slipring.session;

import java.util.ArrayList;
import java.util.List;

/**
 * The cookies of one request as they came: several of one name included, nothing decoded. Browsers send the cookie
 * of the longer path first, and a neighbouring host can add cookies of any name; so the order says little and
 * none of them is to be believed before it is verified. Immutable and safe for use by several threads.
 */
public final class RequestCookies {
    private final List<String> names = new ArrayList<>();
    private final List<String> values = new ArrayList<>();

    private RequestCookies() {}

    /**
     * Takes {@code Cookie} headers apart as RFC 6265 section 4.2 spells them. What is no pair is left out; parsing
     * takes time in proportion to the length and never fails.
     *
     * @param headers the values of the request's {@code Cookie} headers, anything at all
     * @return the cookies in the order in which they came
     */
    public static RequestCookies parse(Iterable<String> headers) {
        RequestCookies cookies = new RequestCookies();
        for (String header : headers) {
            int end;
            for (int at = 0; at < header.length(); at = end + 1) {
                int semicolon = header.indexOf(';', at);
                end = semicolon < 0 ? header.length() : semicolon;
                cookies.addPair(header, at, end);
            }
        }
        return cookies;
    }

    /**
     * Takes one {@code Cookie} header apart.
     *
     * @param header its value, anything at all
     * @return the cookies in the order in which they came
     */
    public static RequestCookies parse(String header) {
        return parse(List.of(header));
    }

    /**
     * The values of all cookies named {@code name}.
     *
     * @param name compared as it is, case included
     * @return as they came, in the order in which they came
     */
    public List<String> values(String name) {
        List<String> found = new ArrayList<>(1);
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equals(name)) {
                found.add(values.get(i));
            }
        }
        return found;
    }

    /** The names alone: a value may be a session. */
    @Override
    public String toString() {
        return "RequestCookies" + names;
    }

    private void addPair(String header, int from, int to) {
        int equals = header.indexOf('=', from);
        if (equals >= 0 && equals < to) {
            names.add(trimmed(header, from, equals));
            values.add(trimmed(header, equals + 1, to));
        }
    }

    private static String trimmed(String header, int from, int to) {
        int start = from;
        int end = to;
        while (start < end && isBlank(header.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(header.charAt(end - 1))) {
            end--;
        }
        return header.substring(start, end);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
