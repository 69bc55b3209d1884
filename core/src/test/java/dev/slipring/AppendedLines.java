package dev.slipring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of lines that several processes append to and follow. Each line is one write that begins with a line
 * break and ends with a mark, so that what a killed process leaves of a line is told from a whole one and
 * spoils no other. Safe for use by several threads and processes, except that one thread follows.
 */
final class AppendedLines implements Closeable {
    private static final String END = " .";
    private static final int CHUNK = 1 << 16;

    private final FileChannel channel;
    private long next;

    private AppendedLines(FileChannel channel) {
        this.channel = channel;
    }

    /** Opens {@code file} to append, and to follow from its beginning; makes it if it does not exist. */
    static AppendedLines in(Path file) throws IOException {
        // APPEND excludes READ in one channel, so the two are opened apart where both are needed
        return new AppendedLines(FileChannel.open(file, CREATE, APPEND));
    }

    /** Opens {@code file} to follow: from its present end, or from its beginning. */
    static AppendedLines follow(Path file, boolean fromEnd) throws IOException {
        AppendedLines lines = new AppendedLines(FileChannel.open(file, READ));
        lines.next = fromEnd ? lines.channel.size() : 0;
        return lines;
    }

    void append(String line) {
        try {
            channel.write(ByteBuffer.wrap(("\n" + line + END).getBytes(UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The whole lines that came since the last call. */
    List<String> read() {
        List<String> lines = new ArrayList<>();
        try {
            for (int read = CHUNK; read == CHUNK; ) {
                ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
                read = Math.max(0, channel.read(buffer, next));
                take(new String(buffer.array(), 0, read, UTF_8), lines);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    /** Of the last line only what is whole is taken; a line is shorter than a chunk, and all of it is ASCII. */
    private void take(String text, List<String> lines) {
        int begin = 0;
        while (begin < text.length()) {
            int end = text.indexOf('\n', begin);
            String line = end < 0 ? text.substring(begin) : text.substring(begin, end);
            if (line.endsWith(END)) {
                lines.add(line.substring(0, line.length() - END.length()));
            } else if (end < 0) {
                break;
            }
            begin = end < 0 ? text.length() : end + 1;
        }
        next += begin;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
