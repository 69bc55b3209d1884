package dev.slipring.observe.audit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.slipring.json.JsonText;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.AuditEvent;
import dev.slipring.rotation.AuditSink;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Audit events in files of JSON lines, each of which carries a hash over itself and the line before, so that a change,
 * a gap or a swap shows; see {@link TrailCheck}. A line is on the disk before {@link #append} returns.
 *
 * <p>Without a key the hashes show accidents and clumsy hands: whoever may write the files can compute all of them
 * anew. With a key nobody can who does not have it; a replica that writes has it, so keep the key apart from the files.
 * With or without: lines cut off at the end show only against a hash that was noted elsewhere ({@link #head()}), and
 * nothing keeps an owner from deleting the files.
 *
 * <p>Files are named {@code audit-<number>.jsonl}; the first line of each names the file before and carries on its
 * chain. What a killed writer left unfinished is moved to {@code <file>.torn-<offset>} by the next append, which says
 * so in a line of its own. Directory and files are for their owner only. Several threads, instances and processes of
 * one machine may write to one directory, which must be local.
 */
public final class AuditTrail implements AuditSink, AutoCloseable {
    /** The longest line, in bytes. */
    static final int LONGEST_LINE = 64 * 1024;

    private final TrailFiles files;
    private final @Nullable SecretValue key;
    private final Chain chain;
    private final long maxBytes;
    private final Duration maxAge;
    private final InstantSource clock;

    private AuditTrail(Builder builder, TrailFiles files) {
        this.files = files;
        key = builder.key;
        chain = Chain.under(key);
        maxBytes = builder.maxBytes;
        maxAge = builder.maxAge;
        clock = builder.clock;
    }

    /** Prepares the trail in {@code directory}, which is made if its parent exists. */
    public static Builder in(Path directory) {
        return new Builder(directory);
    }

    /** Where a trail ends: the number and the hash of its last line, with which a later check can be asked to agree. */
    public record Head(long line, String hash) {}

    /** The end of the newest file: of its whole lines, and how many bytes of an unfinished one follow them. */
    private record Tail(String file, long size, Head head, Instant opened, int torn) {}

    /**
     * Keeps {@code event}. An append that fails may have been kept nevertheless, never the other way round.
     *
     * @throws AuditTrailException if it cannot be written, the event is longer than 64 KiB, or the last line in the
     *     file was not written under this trail's key or has changed
     */
    @Override
    public void append(AuditEvent event) {
        inLock(() -> {
            Tail tail = ready();
            TrailLine line = TrailLine.told(tail.head.line + 1, tail.head.hash, event);
            return write(tail, line);
        });
    }

    /**
     * The present end of the trail, to be noted where whoever may write the trail may not.
     *
     * @throws AuditTrailException if the files cannot be read
     */
    public Head head() {
        return inLock(() -> tail().map(Tail::head).orElse(new Head(0, Chain.START)));
    }

    /** Wipes this trail's copy of the key; nothing can be appended afterwards under a key. May be called again. */
    @Override
    public void close() {
        if (key != null) {
            key.wipe();
        }
    }

    private <T> T inLock(TrailFiles.Work<T> work) {
        try {
            return files.locked(work);
        } catch (IOException | RuntimeException e) {
            throw new AuditTrailException("audit trail " + files + ": " + cause(e), e);
        }
    }

    private static String cause(Exception e) {
        return e instanceof AuditTrailException || e.getMessage() == null
                ? String.valueOf(e.getMessage())
                : e.getClass().getSimpleName() + " " + e.getMessage();
    }

    /** The end to which an event can be appended: unfinished lines moved away, a new file opened where one is due. */
    private Tail ready() throws IOException {
        Optional<Tail> found = tail();
        if (found.isEmpty()) {
            return opened("", new Head(0, Chain.START));
        }
        Tail tail = found.get();
        if (tail.torn > 0) {
            tail = mended(tail);
        }
        boolean full = tail.size >= maxBytes || !clock.instant().isBefore(tail.opened.plus(maxAge));
        return full ? opened(tail.file, tail.head) : tail;
    }

    private Tail opened(String before, Head head) throws IOException {
        String file = TrailFiles.after(before);
        Optional<String> follows = before.isEmpty() ? Optional.empty() : Optional.of(before);
        Instant now = clock.instant();
        TrailLine line = TrailLine.opened(head.line + 1, head.hash, Map.entry(file, follows), now);
        Tail tail = write(new Tail(file, 0, head, now, 0), line);
        files.force();
        return tail;
    }

    /** First the copy, then the cut: killed in between, it is done again. */
    private Tail mended(Tail tail) throws IOException {
        String aside = tail.file + ".torn-" + tail.size;
        byte[] rest = new byte[tail.torn];
        try (FileChannel from = files.open(tail.file);
                FileChannel to = files.open(aside)) {
            readFully(from, ByteBuffer.wrap(rest), tail.size);
            to.truncate(0);
            writeFully(to, ByteBuffer.wrap(rest), 0);
            files.force();
            from.truncate(tail.size);
            from.force(true);
        }
        Map<String, Object> facts =
                JsonText.object("bytes", rest.length, "sha256", HexFormat.of().formatHex(Chain.sha256(rest)));
        Tail whole = new Tail(tail.file, tail.size, tail.head, tail.opened, 0);
        if (whole.size == 0) {
            whole = opened(fileBefore(tail.file), tail.head);
        }
        return write(whole, TrailLine.torn(whole.head.line + 1, whole.head.hash, aside, facts));
    }

    private String fileBefore(String file) throws IOException {
        List<Path> all = files.list();
        int index = all.indexOf(files.resolve(file));
        return index <= 0 ? "" : String.valueOf(all.get(index - 1).getFileName());
    }

    private Tail write(Tail tail, TrailLine line) throws IOException {
        byte[] sealed = chain.sealed(line.print());
        if (sealed.length >= LONGEST_LINE) {
            throw new IOException("an event of " + sealed.length + " bytes is over the limit of " + LONGEST_LINE);
        }
        byte[] bytes = Arrays.copyOf(sealed, sealed.length + 1);
        bytes[sealed.length] = '\n';
        try (FileChannel channel = files.open(tail.file)) {
            try {
                writeFully(channel, ByteBuffer.wrap(bytes), tail.size);
            } catch (IOException e) {
                channel.truncate(tail.size); // nobody was told that it was kept
                throw e;
            }
        }
        Head head = new Head(line.number(), Chain.stated(sealed).orElseThrow());
        return new Tail(tail.file, tail.size + bytes.length, head, tail.opened, 0);
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        for (long at = position; bytes.hasRemaining(); ) {
            at += channel.write(bytes, at);
        }
        channel.force(true);
    }

    private static void readFully(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        for (long at = position; bytes.hasRemaining(); ) {
            int read = channel.read(bytes, at);
            if (read < 0) {
                throw new IOException("a file became shorter while it was read");
            }
            at += read;
        }
    }

    /** The end of the trail; a newest file without a whole line carries on from the one before. */
    private Optional<Tail> tail() throws IOException {
        List<Path> all = files.list();
        if (all.isEmpty()) {
            return Optional.empty();
        }
        Path newest = all.get(all.size() - 1);
        String name = String.valueOf(newest.getFileName());
        try (RandomAccessFile file = new RandomAccessFile(newest.toFile(), "r")) {
            long whole = wholeLines(file);
            int torn = (int) (file.length() - whole);
            if (whole == 0) {
                Head before = all.size() == 1 ? new Head(0, Chain.START) : last(all.get(all.size() - 2));
                return Optional.of(new Tail(name, 0, before, Instant.MIN, torn)).map(t -> emptied(t, all));
            }
            file.seek(0);
            byte[] first = file.readLine().getBytes(US_ASCII);
            Instant opened = TrailLine.parse(first)
                    .text("opened", "at")
                    .map(Instant::parse)
                    .orElseThrow(() -> new IOException(name + " does not begin as a file of a trail"));
            return Optional.of(new Tail(name, whole, last(file, whole), opened, torn));
        }
    }

    /** An empty file is opened anew under its own name: as the one after the file before it. */
    private static Tail emptied(Tail tail, List<Path> all) {
        if (tail.torn > 0) {
            return tail;
        }
        String before =
                all.size() == 1 ? "" : String.valueOf(all.get(all.size() - 2).getFileName());
        return new Tail(before, Long.MAX_VALUE, tail.head, Instant.MIN, 0);
    }

    private Head last(Path path) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            return last(file, wholeLines(file));
        }
    }

    /** The last of the lines that end at {@code end}. */
    private Head last(RandomAccessFile file, long end) throws IOException {
        long begin = lineBreakBefore(file, end - 1) + 1;
        byte[] line = new byte[(int) (end - 1 - begin)];
        file.seek(begin);
        file.readFully(line);
        if (!chain.isSound(line)) {
            throw new IOException("the last line was changed, or not written under this key");
        }
        return new Head(TrailLine.parse(line).number(), Chain.stated(line).orElseThrow());
    }

    private static long wholeLines(RandomAccessFile file) throws IOException {
        return lineBreakBefore(file, file.length()) + 1;
    }

    /** The position of the last line break before {@code end}, -1 if there is none; a line's length is bounded. */
    private static long lineBreakBefore(RandomAccessFile file, long end) throws IOException {
        long from = Math.max(0, end - LONGEST_LINE);
        byte[] bytes = new byte[(int) (end - from)];
        file.seek(from);
        file.readFully(bytes);
        for (int i = bytes.length - 1; i >= 0; i--) {
            if (bytes[i] == '\n') {
                return from + i;
            }
        }
        if (from > 0) {
            throw new IOException("a line is longer than any that is written here");
        }
        return -1;
    }

    /** Collects what an {@link AuditTrail} is made of. Not thread-safe. */
    public static final class Builder {
        private final Path directory;
        private @Nullable SecretValue key;
        private long maxBytes = 16L * 1024 * 1024;
        private Duration maxAge = Duration.ofDays(90);
        private InstantSource clock = InstantSource.system();

        private Builder(Path directory) {
            this.directory = Objects.requireNonNull(directory, "directory");
        }

        /** Hashes under {@code value}, of which the trail keeps a copy; the same for the whole life of the directory. */
        public Builder key(SecretValue value) {
            key = value.copy();
            return this;
        }

        /** Size in bytes from which a file is followed by the next; above zero, 16 MiB unless told. */
        public Builder maxBytes(long value) {
            if (value < 1) {
                throw new IllegalArgumentException("a file of " + value + " bytes holds nothing");
            }
            maxBytes = value;
            return this;
        }

        /** Age from which a file is followed by the next; above zero, 90 days unless told. */
        public Builder maxAge(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("an age of " + value + " is not above zero");
            }
            maxAge = value;
            return this;
        }

        /** The clock by which files grow old; the system's unless told. */
        public Builder clock(InstantSource value) {
            clock = Objects.requireNonNull(value, "clock");
            return this;
        }

        /**
         * The trail.
         *
         * @throws AuditTrailException if the directory cannot be made or used, or others may access it
         */
        public AuditTrail build() {
            try {
                return new AuditTrail(this, TrailFiles.open(directory));
            } catch (IOException e) {
                throw new AuditTrailException("audit trail " + directory + ": " + cause(e), e);
            }
        }
    }
}
