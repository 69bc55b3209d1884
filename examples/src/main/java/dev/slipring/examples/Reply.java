package dev.slipring.examples;

import java.util.Optional;

/**
 * What the application answers.
 *
 * @param status the HTTP status
 * @param type the media type
 * @param body the text
 * @param cookie a cookie to set, if there is cause
 */
record Reply(int status, String type, String body, Optional<String> cookie) {

    /** An answer in JSON. */
    static Reply json(int status, Json body) {
        return new Reply(status, "application/json", body.toString(), Optional.empty());
    }

    /** An answer that says what is wrong. */
    static Reply error(int status, String why) {
        return json(status, new Json().put("error", why));
    }

    /** A page. */
    static Reply html(String page) {
        return new Reply(200, "text/html; charset=utf-8", page, Optional.empty());
    }

    /** An answer for people. */
    static Reply text(int status, String text) {
        return new Reply(status, "text/plain; charset=utf-8", text, Optional.empty());
    }

    /** The same with {@code newCookie} to be set. */
    Reply with(Optional<String> newCookie) {
        return new Reply(status, type, body, newCookie);
    }
}
