package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What was put out, by where. Safe for use by several threads. */
final class LeakEvidence {
    /** Much is said again and again. */
    private final Set<Piece> pieces = new LinkedHashSet<>();

    private final List<String> accepted = new ArrayList<>();

    private record Piece(LeakSink sink, String place, String text) {}

    /**
     * A part of a secret that was seen.
     *
     * @param place where in the sink
     */
    record Leak(LeakSink sink, String place, LeakProbe.Find find) {
        boolean isOf(LeakSink where, String secret, SecretForm form) {
            return sink == where && find.secret().equals(secret) && find.form() == form;
        }
    }

    synchronized void add(LeakSink sink, String place, String text) {
        pieces.add(new Piece(sink, place, text));
    }

    /** Every file below {@code directory}, each by its name and its bytes. */
    void files(LeakSink sink, Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String name = directory.relativize(file).toString();
                add(sink, name, name + "\n" + new String(Files.readAllBytes(file), ISO_8859_1));
            }
        }
    }

    /** What {@code misuse} throws, which must throw. */
    void thrown(String place, ThrowingCallable misuse) {
        try {
            misuse.call();
        } catch (Throwable e) {
            thrown(place, e);
            return;
        }
        synchronized (this) {
            accepted.add(place);
        }
    }

    /** What should have thrown and did not. */
    synchronized List<String> accepted() {
        return List.copyOf(accepted);
    }

    /** All that an exception tells, with its causes and what is suppressed. */
    void thrown(String place, Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        add(LeakSink.EXCEPTION, place, text + "\n" + e + "\n" + e.getLocalizedMessage());
    }

    /** The sinks in which anything was put out. */
    synchronized Set<LeakSink> sinks() {
        Set<LeakSink> sinks = EnumSet.noneOf(LeakSink.class);
        pieces.stream().filter(piece -> !piece.text.isBlank()).forEach(piece -> sinks.add(piece.sink));
        return sinks;
    }

    /** All that was put out in {@code sink}. */
    synchronized String text(LeakSink sink) {
        return pieces.stream()
                .filter(piece -> piece.sink == sink)
                .map(Piece::text)
                .collect(Collectors.joining("\n"));
    }

    /** What is seen in it of the secrets that {@code probe} knows. */
    synchronized List<Leak> leaks(LeakProbe probe) {
        return pieces.stream()
                .flatMap(
                        piece -> probe.search(piece.text).stream().map(find -> new Leak(piece.sink, piece.place, find)))
                .toList();
    }
}
