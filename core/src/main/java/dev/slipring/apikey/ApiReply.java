package dev.slipring.apikey;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.slipring.http.JsonBody;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.ProbeVerdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a service has answered: a status, and as a rule one JSON value whose fields are looked up by their path. Nothing
 * of it is ever in a message. The body belongs to the {@link ApiCalls} that it came by and is wiped with them. Not
 * thread-safe.
 */
public final class ApiReply {
    private final int status;
    private final JsonBody body;

    ApiReply(int status, byte[] body) {
        this.status = status;
        this.body = JsonBody.of(body);
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** What the status says of the key that the request was made with: 2xx and 403 that it is alive, 401 dead. */
    public ProbeVerdict verdict() {
        return verdict(status);
    }

    /** The same for a status. */
    static ProbeVerdict verdict(int status) {
        return isSuccess(status) || status == 403
                ? ProbeVerdict.ALIVE
                : status == 401 ? ProbeVerdict.DEAD : ProbeVerdict.INCONCLUSIVE;
    }

    /**
     * This reply, if it is a success and one JSON value or nothing at all.
     *
     * @param what the right that the credential needs, to follow "it may not": {@code create keys}
     * @throws IssuerException if it is anything else
     */
    public ApiReply granted(String what) {
        if (!isSuccess(status)) {
            throw new IssuerException(
                    switch (status) {
                        case 401 -> "the service does not know the credential (status 401)";
                        case 403 -> "the credential lacks a right (status 403): it may not " + what;
                        case 429 -> "the service asks to wait (status 429)";
                        default ->
                            status >= 300 && status < 400
                                    ? "the service redirects (status " + status + "), which is not followed"
                                    : "the service answered with status " + status;
                    });
        }
        if (!body.isWhole()) {
            throw new IssuerException("the reply is not one JSON value");
        }
        return this;
    }

    /**
     * The text at {@code path}.
     *
     * @throws IssuerException if there is none
     */
    public String text(String... path) {
        return textIfPresent(path).orElseThrow(() -> missing(String.join(".", path)));
    }

    /**
     * The text at {@code path}; empty if nothing, or null, is there.
     *
     * @throws IssuerException if something else is there
     */
    public Optional<String> textIfPresent(String... path) {
        String name = String.join(".", path);
        return taken(
                name,
                parser -> parser.currentToken() == JsonToken.VALUE_NULL
                        ? Optional.empty()
                        : Optional.of(
                                required(parser, JsonToken.VALUE_STRING, name).getText()),
                path);
    }

    /**
     * The secret text at {@code path}, of visible ASCII characters; the caller wipes it.
     *
     * @throws IssuerException if there is none
     */
    public SecretValue secret(String... path) {
        String name = String.join(".", path);
        return taken(
                        name,
                        parser -> Optional.of(JsonBody.ascii(required(parser, JsonToken.VALUE_STRING, name), '!')),
                        path)
                .orElseThrow(() -> missing(name));
    }

    /**
     * Whether {@code true} stands at {@code path}.
     *
     * @throws IssuerException if neither true nor false does
     */
    public boolean truth(String... path) {
        String name = String.join(".", path);
        return taken(
                        name,
                        parser -> parser.currentToken().isBoolean()
                                ? Optional.of(parser.getBooleanValue())
                                : Optional.empty(),
                        path)
                .orElseThrow(() -> missing(name));
    }

    /**
     * The objects in the array {@code field}, each as its texts, numbers and truths by path, as in {@code owner.id}.
     * Null is an empty text; arrays within are left out.
     *
     * @throws IssuerException if there is no such array, or something else is in it
     */
    public List<Map<String, String>> items(String field) {
        return itemsOf(field, path -> true);
    }

    /** The same, of each object only what is at {@code paths}: for lists that hold secrets too. */
    public List<Map<String, String>> items(String field, Set<String> paths) {
        return itemsOf(field, paths::contains);
    }

    private List<Map<String, String>> itemsOf(String field, Predicate<String> wanted) {
        return taken(field, parser -> Optional.of(items(parser, field, wanted)), field)
                .orElseThrow(() -> missing(field));
    }

    private static List<Map<String, String>> items(JsonParser parser, String field, Predicate<String> wanted)
            throws IOException {
        required(parser, JsonToken.START_ARRAY, field);
        List<Map<String, String>> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            required(parser, JsonToken.START_OBJECT, field);
            Map<String, String> item = new HashMap<>();
            flatten(parser, "", wanted, item);
            items.add(item);
        }
        return items;
    }

    /**
     * What {@code item} of a list has at {@code path}.
     *
     * @throws IssuerException if that is nothing, or empty
     */
    static String required(Map<String, String> item, String path) {
        String text = item.getOrDefault(path, "");
        if (text.isEmpty()) {
            throw new IssuerException("an item of a list has no " + path);
        }
        return text;
    }

    @Override
    public String toString() {
        return "ApiReply[status " + status + ", " + body.length() + " bytes]";
    }

    void wipe() {
        body.wipe();
    }

    private static boolean isSuccess(int status) {
        return status >= 200 && status < 300;
    }

    private <T> Optional<T> taken(String name, JsonBody.Reading<T> reading, String... path) {
        try {
            return body.at(reading, path);
        } catch (IOException | IllegalArgumentException e) { // whose message may quote the reply
            throw new IssuerException("the reply is not JSON as expected, at the field " + name);
        }
    }

    private static IssuerException missing(String name) {
        return new IssuerException("the field " + name + " of the reply is missing or of another kind");
    }

    private static JsonParser required(JsonParser parser, JsonToken kind, String name) {
        if (parser.currentToken() != kind) {
            throw missing(name);
        }
        return parser;
    }

    private static void flatten(JsonParser parser, String prefix, Predicate<String> wanted, Map<String, String> into)
            throws IOException {
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            String path = prefix + name;
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_OBJECT) {
                flatten(parser, path + ".", wanted, into);
            } else if (token == JsonToken.START_ARRAY) {
                parser.skipChildren();
            } else if (wanted.test(path)) {
                into.put(path, token == JsonToken.VALUE_NULL ? "" : parser.getText());
            }
        }
    }
}
