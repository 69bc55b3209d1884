package dev.slipring.examples;

import dev.slipring.crypto.EnvelopeException;
import dev.slipring.examples.Notes.Note;
import dev.slipring.examples.Sessions.Visitor.Known;
import dev.slipring.examples.Sessions.Visitor.Undecided;
import dev.slipring.examples.WebServer.Request;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The web application: log in with a name, write notes that moderation lets pass, read them. There are no passwords; the cookie is what it is
 * about. Safe for use by several threads.
 */
final class NotesApplication implements WebServer.Application {
    private static final Logger LOG = LoggerFactory.getLogger(NotesApplication.class);
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9._-]{1,32}");
    private static final Pattern HOLD = Pattern.compile("hold=(\\d{1,4})");

    private final Sessions sessions;
    private final Moderation moderation;
    private final Notes notes;
    private final Pages pages;

    @FunctionalInterface
    private interface Answer {
        Reply to(Known visitor) throws SQLException, IOException;
    }

    /**
     * What is shown to anybody.
     *
     * @param home the page a browser sees
     * @param timeline answers for {@code /timeline}
     * @param health answers for {@code /api/health}
     */
    record Pages(String home, Supplier<Reply> timeline, ReplicaHealth health) {}

    /** The application: who visits, whether a note may be kept, and where. */
    NotesApplication(Sessions sessions, Moderation moderation, Notes notes, Pages pages) {
        this.sessions = sessions;
        this.moderation = moderation;
        this.notes = notes;
        this.pages = pages;
    }

    @Override
    public Reply answer(Request request) {
        return switch (request.method() + " " + request.path()) {
            case "GET /" -> Reply.html(pages.home);
            case "GET /timeline" -> pages.timeline.get();
            case "GET /api/health" -> pages.health.reply(request.header("Accept"));
            case "POST /api/login" -> logIn(request.body());
            case "POST /api/logout" -> Reply.json(200, new Json()).with(Optional.of(Sessions.end()));
            case "GET /api/notes" -> forVisitor(request, visitor -> read(visitor, hold(request)));
            case "POST /api/notes" -> forVisitor(request, visitor -> write(visitor, request.body(), hold(request)));
            default -> Reply.error(404, "there is no " + request.method() + " " + request.path());
        };
    }

    private Reply logIn(String user) {
        if (!USER.matcher(user).matches()) {
            return Reply.error(400, "a name has 1 to 32 letters, digits, dots, underscores or hyphens");
        }
        return Reply.json(200, new Json().put("user", user)).with(Optional.of(sessions.open(user)));
    }

    /** Unknown keys are a 503: the cookie may be good, and is never cleared for it. */
    private Reply forVisitor(Request request, Answer answer) {
        Sessions.Visitor visitor = sessions.visitor(request.cookies());
        if (visitor instanceof Known known) {
            return answered(known, answer).with(known.cookie());
        }
        return visitor instanceof Undecided
                ? Reply.error(503, "the session's key is not known here yet")
                : Reply.error(401, "not logged in");
    }

    private static Reply answered(Known visitor, Answer answer) {
        try {
            return answer.to(visitor);
        } catch (SQLException e) {
            LOG.atWarn().addKeyValue("state", e.getSQLState()).log("the database failed: {}", e.getMessage());
            return Reply.error(503, "the database failed");
        } catch (IOException e) {
            LOG.atWarn().log("a note could not be checked: {}", e.getMessage());
            return Reply.error(503, "the note could not be checked");
        } catch (EnvelopeException e) {
            LOG.atWarn().log("a note could not be opened: {}", e.getMessage());
            return Reply.error(503, "a note could not be opened: " + e.failure());
        }
    }

    /** The third party is asked before a connection is taken from the pool, not while one is held. */
    private Reply write(Known visitor, String text, Duration hold) throws SQLException, IOException {
        if (text.isBlank() || text.length() > 1000) {
            return Reply.error(400, "a note has 1 to 1000 characters");
        }
        if (!moderation.allows(text)) {
            return Reply.error(422, "moderation does not let this note pass");
        }
        notes.write(visitor.user(), text, hold);
        return Reply.json(200, identity(visitor));
    }

    private Reply read(Known visitor, Duration hold) throws SQLException {
        String list = notes.read(visitor.user(), hold).stream()
                .map(NotesApplication::json)
                .collect(Collectors.joining(",", "[", "]"));
        return Reply.json(200, identity(visitor).raw("notes", list));
    }

    private static Json identity(Known visitor) {
        return new Json().put("user", visitor.user()).put("sessionKey", visitor.keyVersion());
    }

    private static String json(Note note) {
        return new Json()
                .put("id", note.id())
                .put("text", note.text())
                .put("kek", note.kekVersion())
                .toString();
    }

    /** How long the load asks a transaction to take, up to ten seconds. */
    private static Duration hold(Request request) {
        Matcher matcher = HOLD.matcher(request.query());
        return matcher.matches() ? Duration.ofMillis(Long.parseLong(matcher.group(1))) : Duration.ZERO;
    }
}
