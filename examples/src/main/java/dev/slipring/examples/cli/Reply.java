package dev.slipring.examples.cli;

import dev.slipring.examples.Json;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a command answers.
 *
 * @param exit how it ended
 * @param fields the same for a program: JSON members beyond the command's name and outcome, in order
 * @param lines for a person, on the standard output
 * @param problem for a person, on the standard error output; empty if there is none
 */
record Reply(Exit exit, List<Field> fields, List<String> lines, String problem) {
    /**
     * A member of a JSON object.
     *
     * @param json its value, as JSON
     */
    record Field(String name, String json) {
        static Field of(String name, String text) {
            return new Field(name, Json.quoted(text));
        }

        static Field of(String name, long number) {
            return new Field(name, Long.toString(number));
        }
    }

    Reply {
        fields = List.copyOf(fields);
        lines = List.copyOf(lines);
    }

    static Reply done(List<Field> fields, List<String> lines) {
        return new Reply(Exit.DONE, fields, lines, "");
    }

    /** Nothing but why it was not done. */
    static Reply problem(Exit exit, String why) {
        return new Reply(exit, List.of(Field.of("why", printable(why))), List.of(), why);
    }

    /** As one JSON object on one line. */
    String json(String command) {
        Json json = new Json().put("command", command).put("outcome", exit.word());
        fields.forEach(field -> json.raw(field.name(), field.json()));
        return json.toString();
    }

    /** A JSON array of values that are JSON already. */
    static String array(List<String> values) {
        return values.stream().collect(Collectors.joining(",", "[", "]"));
    }

    /** {@code text} on one line and unable to steer a terminal: what others wrote into a record is shown too. */
    static String printable(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            int type = Character.getType(c);
            boolean steers = type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR
                    || type == Character.SURROGATE;
            out.appendCodePoint(steers ? '?' : c);
        });
        return out.toString();
    }
}
