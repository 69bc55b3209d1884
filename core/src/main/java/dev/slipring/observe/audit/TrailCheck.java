package dev.slipring.observe.audit;

import dev.slipring.keyring.SecretValue;
import dev.slipring.observe.audit.TrailVerdict.Fault;
import dev.slipring.rotation.AuditEvent;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks the files of an {@link AuditTrail} from the first line to the last, in memory that one line bounds. May run
 * anywhere, on a copy too; beside a writer at work it may meet a line that is not finished yet. Not thread-safe.
 */
public final class TrailCheck {
    private final Path directory;
    private @Nullable SecretValue key;
    private @Nullable String noted;
    private Consumer<AuditEvent> events = event -> {};

    private TrailCheck(Path directory) {
        this.directory = Objects.requireNonNull(directory, "directory");
    }

    /** A check of the trail in {@code directory}. */
    public static TrailCheck of(Path directory) {
        return new TrailCheck(directory);
    }

    /** Checks hashes under {@code value}, which stays the caller's; a line under none is refused then. */
    public TrailCheck key(SecretValue value) {
        key = Objects.requireNonNull(value, "value");
        return this;
    }

    /** Needs the trail to contain the line of this hash, which was its {@link AuditTrail#head() head} once. */
    public TrailCheck noted(String hash) {
        noted = Objects.requireNonNull(hash, "hash");
        return this;
    }

    /** Tells {@code listener} each event whose line is sound, in order. */
    public TrailCheck events(Consumer<AuditEvent> listener) {
        events = Objects.requireNonNull(listener, "listener");
        return this;
    }

    /** The verdict; the first fault ends the check. */
    public TrailVerdict run() {
        Pass pass = new Pass(Chain.under(key));
        String before = "";
        try {
            List<Path> files = TrailFiles.in(directory);
            for (Path file : files) {
                pass.begin(String.valueOf(file.getFileName()), before);
                Fault fault = pass.check(file);
                if (fault != null) {
                    return new TrailVerdict.Broken(pass.name, pass.inFile, fault);
                }
                before = pass.name;
            }
        } catch (IOException e) {
            return new TrailVerdict.Broken(pass.name, pass.inFile, Fault.UNREADABLE);
        }
        return pass.found || noted == null
                ? pass.intact()
                : new TrailVerdict.Broken(pass.name, pass.inFile, Fault.HEAD_MISSING);
    }

    /** How far one check has come. */
    private final class Pass {
        private final Chain chain;
        private String name = "";
        private String before = "";
        private AuditTrail.Head head = new AuditTrail.Head(0, Chain.START);
        private long inFile;
        private long told;
        private @Nullable Instant first;
        private @Nullable Instant last;
        private boolean found = Chain.START.equals(noted);

        Pass(Chain chain) {
            this.chain = chain;
        }

        void begin(String next, String previous) {
            name = next;
            before = previous;
            inFile = 0;
        }

        TrailVerdict intact() {
            return new TrailVerdict.Intact(
                    head.line(), told, Optional.ofNullable(first), Optional.ofNullable(last), head);
        }

        @Nullable
        Fault check(Path path) throws IOException {
            if (!name.equals(TrailFiles.after(before))) {
                return Fault.MISSING_FILE;
            }
            try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
                ByteArrayOutputStream line = new ByteArrayOutputStream();
                for (int next = in.read(); next >= 0; next = in.read()) {
                    if (next != '\n') {
                        line.write(next);
                    }
                    if (next == '\n' || line.size() > AuditTrail.LONGEST_LINE) {
                        inFile++;
                        Fault fault = check(line.toByteArray());
                        if (fault != null) {
                            return fault;
                        }
                        line.reset();
                    }
                }
                inFile = line.size() > 0 ? inFile + 1 : inFile;
                return line.size() > 0 ? Fault.UNFINISHED_LINE : null;
            }
        }

        private @Nullable Fault check(byte[] line) {
            Optional<String> hash = Chain.stated(line);
            if (hash.isEmpty()) {
                return Fault.NOT_A_LINE;
            }
            if (!chain.isSound(line)) {
                return Fault.HASH_MISMATCH;
            }
            AuditEvent event;
            try {
                TrailLine parsed = TrailLine.parse(line);
                if (!follows(parsed)) {
                    return Fault.OUT_OF_ORDER;
                }
                event = parsed.isEvent() ? AuditEventFormat.event(parsed.members()) : null;
            } catch (IllegalArgumentException e) {
                return Fault.NOT_A_LINE;
            }
            head = new AuditTrail.Head(head.line() + 1, hash.get());
            found |= hash.get().equals(noted);
            if (event != null) {
                told++;
                first = first == null ? event.at() : first;
                last = event.at();
                events.accept(event);
            }
            return null;
        }

        private boolean follows(TrailLine line) {
            boolean opens = line.members().containsKey("opened");
            boolean ofThisFile = line.text("opened", "file").equals(Optional.of(name))
                    && line.text("opened", "follows").orElse("").equals(before);
            return line.number() == head.line() + 1
                    && line.previousHash().equals(head.hash())
                    && opens == (inFile == 1)
                    && (!opens || ofThisFile);
        }
    }
}
