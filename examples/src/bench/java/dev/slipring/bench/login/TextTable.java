package dev.slipring.bench.login;

import java.util.ArrayList;
import java.util.List;

/** Rows of cells under names of columns, aligned to the right. Not thread-safe. */
final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();

    TextTable(String label, String limit, List<String> columns) {
        int lines = 1;
        List<String[]> words = new ArrayList<>();
        for (String column : columns) {
            words.add(folded(column));
            lines = Math.max(lines, words.get(words.size() - 1).length);
        }
        for (int line = 0; line < lines; line++) {
            List<String> row = new ArrayList<>(List.of(line == 0 ? label : "", line == 0 ? limit : ""));
            for (String[] parts : words) {
                row.add(line < parts.length ? parts[line] : "");
            }
            rows.add(row);
        }
    }

    void row(String label, String limit, List<String> cells) {
        List<String> row = new ArrayList<>(List.of(label, limit));
        row.addAll(cells);
        rows.add(row);
    }

    String text() {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String gap = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? row.get(i) + gap : "  " + gap + row.get(i));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** The first word, and the rest of it. */
    private static String[] folded(String name) {
        return name.split(" ", 2);
    }
}
