package dev.slipring.examples;

import dev.slipring.examples.HttpConnection.Answer;
import java.io.IOException;
import java.util.Optional;

/**
 * A user with a browser: keeps the cookie it is given, and notices when it is not who it was. Not thread-safe.
 */
final class SessionClient {
    private final String user;
    private String cookie = "";
    private String lastNote = "";
    private int notes;
    private int promotionsAtLogin;

    SessionClient(String user) {
        this.user = user;
    }

    /** What became of a request. */
    enum Outcome {
        /** Answered as it should be. */
        OK,
        /** Not answered, or by an error. */
        FAILED,
        /** The user was logged in and is not any more, or is somebody else. */
        SESSION_LOST
    }

    boolean loggedIn() {
        return !cookie.isEmpty();
    }

    /** How many promotions of the session key this session has lived through, of {@code promotions} so far. */
    int livedThrough(int promotions) {
        return promotions - promotionsAtLogin;
    }

    /** Forgets the cookie, as closing a browser does. */
    void leave() {
        cookie = "";
    }

    /** Logs in; {@code promotions} is how often the session key was promoted so far. */
    Outcome logIn(HttpConnection replica, int promotions) {
        Optional<Answer> answer = send(replica, "POST", "/api/login", "", user);
        boolean known = answer.isPresent()
                && answer.get().status() == 200
                && answer.get().cookie().isPresent();
        if (known) {
            promotionsAtLogin = promotions;
        }
        return known ? Outcome.OK : Outcome.FAILED;
    }

    /** Writes a note in a transaction of at least {@code holdMillis}. */
    Outcome write(HttpConnection replica, int holdMillis) {
        String note = "note " + (notes + 1) + " of " + user;
        Optional<Answer> answer = send(replica, "POST", "/api/notes?hold=" + holdMillis, cookie, note);
        Outcome outcome = outcome(answer);
        if (outcome == Outcome.OK) {
            notes++;
            lastNote = note;
        }
        return outcome;
    }

    /** Reads the notes in a transaction of at least {@code holdMillis}; the last one that was written must be there. */
    Outcome read(HttpConnection replica, int holdMillis) {
        Optional<Answer> answer = send(replica, "GET", "/api/notes?hold=" + holdMillis, cookie, "");
        Outcome outcome = outcome(answer);
        boolean complete = lastNote.isEmpty()
                || answer.map(a -> a.body().contains(Json.quoted(lastNote))).orElse(false);
        return outcome == Outcome.OK && !complete ? Outcome.FAILED : outcome;
    }

    private Outcome outcome(Optional<Answer> answer) {
        if (answer.isEmpty()) {
            return Outcome.FAILED;
        }
        int status = answer.get().status();
        boolean somebodyElse = status == 200 && !answer.get().body().startsWith("{\"user\":" + Json.quoted(user) + ",");
        if (status == 401 || status == 403 || somebodyElse || cookie.isEmpty()) {
            cookie = "";
            return Outcome.SESSION_LOST;
        }
        return status == 200 ? Outcome.OK : Outcome.FAILED;
    }

    private Optional<Answer> send(HttpConnection replica, String method, String path, String sent, String body) {
        try {
            Answer answer = replica.send(method, path, sent, body);
            answer.cookie().ifPresent(this::keep);
            return Optional.of(answer);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void keep(String setCookie) {
        String pair = setCookie.split(";", 2)[0];
        cookie = pair.endsWith("=") ? "" : pair;
    }
}
