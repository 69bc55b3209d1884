package dev.slipring.examples;

import java.util.Locale;

/** Writes SVG elements. Every text is escaped, every number has the same form everywhere. Not thread-safe. */
final class Svg {
    private final StringBuilder out = new StringBuilder();

    /** A rectangle with a tool tip, empty for none. */
    Svg rect(String style, double x, double y, double width, double height, String tip) {
        return element(
                "rect",
                style,
                String.format(Locale.ROOT, "x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"", x, y, width, height),
                tip);
    }

    /** A straight line. */
    Svg line(String style, double x1, double y1, double x2, double y2) {
        return element(
                "line",
                style,
                String.format(Locale.ROOT, "x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"", x1, y1, x2, y2),
                "");
    }

    /** A dot. */
    Svg dot(String style, double x, double y, double radius) {
        return element(
                "circle", style, String.format(Locale.ROOT, "cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"", x, y, radius), "");
    }

    /** A path of {@code data}, made of {@link #point}s. */
    Svg path(String style, String data) {
        return data.isEmpty() ? this : element("path", style, "d=\"" + data + "\"", "");
    }

    /** A text at its baseline. */
    Svg text(String style, double x, double y, String text) {
        out.append(String.format(
                Locale.ROOT, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>%n", style, x, y, escaped(text)));
        return this;
    }

    /** The elements, within an image of the given size that is named {@code title} to those who cannot see it. */
    String image(int width, double height, String title) {
        return String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" role=\"img\" aria-label=\"%s\">%n%s</svg>",
                width,
                height,
                escaped(title),
                out);
    }

    /** One point of a path, the first with {@code command} M. */
    static String point(char command, double x, double y) {
        return String.format(Locale.ROOT, "%c%.1f %.1f", command, x, y);
    }

    /** {@code text} as it stands in HTML and XML, in an attribute too. */
    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    private Svg element(String name, String style, String attributes, String tip) {
        out.append('<')
                .append(name)
                .append(" class=\"")
                .append(style)
                .append("\" ")
                .append(attributes);
        if (tip.isEmpty()) {
            out.append("/>");
        } else {
            out.append("><title>")
                    .append(escaped(tip))
                    .append("</title></")
                    .append(name)
                    .append('>');
        }
        out.append('\n');
        return this;
    }
}
