package dev.slipring.observe.audit;

import static dev.slipring.json.JsonText.object;

import dev.slipring.json.JsonText;
import dev.slipring.rotation.AuditEvent;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What one line of a trail says: {@code line} and {@code previousHash}, then an audit event, the opening of a file or
 * the mark of a torn line. Immutable.
 *
 * @param number from 1, grows by one with each line of the trail
 * @param previousHash hash of the line before
 * @param members the other members
 */
record TrailLine(long number, String previousHash, Map<String, Object> members) {

    /** The line that tells {@code event}, after the line {@code number - 1}. */
    static TrailLine told(long number, String previousHash, AuditEvent event) {
        return new TrailLine(number, previousHash, AuditEventFormat.tree(event));
    }

    /** The first line of {@code file}; {@code follows} names the file before. */
    static TrailLine opened(long number, String previousHash, Map.Entry<String, Optional<String>> file, Instant at) {
        return new TrailLine(
                number,
                previousHash,
                object("opened", object("file", file.getKey(), "follows", file.getValue(), "at", at)));
    }

    /** The mark of a line that a killed writer left unfinished and that was moved to {@code file}. */
    static TrailLine torn(long number, String previousHash, String file, Map<String, Object> facts) {
        return new TrailLine(number, previousHash, object("torn", object("file", file, "is", facts)));
    }

    /**
     * What {@code line} says.
     *
     * @throws IllegalArgumentException if it is not a line of a trail
     */
    static TrailLine parse(byte[] line) {
        Map<String, Object> members = JsonText.parse(line);
        if (members.remove("line") instanceof Long number
                && members.remove("previousHash") instanceof String previous
                && members.remove("hash") != null) {
            return new TrailLine(number, previous, members);
        }
        throw new IllegalArgumentException("it has no line number or no hash");
    }

    byte[] print() {
        Map<String, Object> tree = object("line", number);
        tree.putAll(members);
        tree.put("previousHash", previousHash);
        return JsonText.print(tree);
    }

    /** The text {@code name} of the object {@code of}, such as the file that was opened. */
    Optional<String> text(String of, String name) {
        return members.get(of) instanceof Map<?, ?> facts && facts.get(name) instanceof String text
                ? Optional.of(text)
                : Optional.empty();
    }

    boolean isEvent() {
        return members.containsKey("id");
    }
}
