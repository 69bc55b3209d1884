package dev.slipring.contract;

import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretRecordFormat;

/** What a newer build could write: the same format with optional fields that this build does not know. */
public final class NewerBuild {
    public static final String[] PATHS = {
        "/census", "/rotation/owner", "/rotation/timing/Z", "/versions/0/lastUsedAt", "/versions/0/tags"
    };
    public static final String[] FRAGMENTS = {
        "\"census\":{\"zero\":false,\"runs\":[1,-2,null,{\"deep\":[[\"\\u0000\\\"\"]]}]}",
        "\"owner\":{\"replica\":\"r-1\",\"until\":\"2030-01-01T00:00:00Z\"}",
        "\"Z\":\"PT5S\"",
        "\"lastUsedAt\":null",
        "\"tags\":[true,\"\"]"
    };

    private NewerBuild() {}

    /** {@code record} with a field more at each level; its versions must not be empty. */
    public static String text(SecretRecord record) {
        return SecretRecordFormat.print(record)
                .replaceFirst("\\{", "{" + quoted(0) + ",")
                .replace("\"rotation\":{", "\"rotation\":{" + FRAGMENTS[1] + ",")
                .replace("\"timing\":{", "\"timing\":{" + FRAGMENTS[2] + ",")
                .replace("\"versions\":[{", "\"versions\":[{" + FRAGMENTS[3] + "," + FRAGMENTS[4] + ",");
    }

    private static String quoted(int fragment) {
        return java.util.regex.Matcher.quoteReplacement(FRAGMENTS[fragment]);
    }
}
