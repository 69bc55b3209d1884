package dev.slipring.examples;

import dev.slipring.crypto.Context;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.EnvelopeException;
import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.SecretName;
import dev.slipring.rotation.Census;
import dev.slipring.session.SessionSigner;
import dev.slipring.session.Verification;
import dev.slipring.testing.Workload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * A small application in a simulated fleet: a visitor gets a signed cookie and leaves an encrypted note. The cookie
 * must be good for its life, and any note must open at any time. One secret serves both. The census counts the
 * notes under a version and has them rewrapped.
 */
final class VisitWorkload implements Workload<VisitWorkload.Visit>, Census {
    private static final int NOTES = 100;

    private final Duration life;
    private final Map<Integer, byte[]> notes = new TreeMap<>();
    private final Map<Integer, Replica> replicas = new TreeMap<>();
    private int visits;
    private int reads;

    /** What a visitor has: a cookie, and the number of a note. */
    record Visit(String cookie, int note, Instant expiresAt) {}

    VisitWorkload(Duration life) {
        this.life = life;
    }

    @Override
    public Station<Visit> open(Seat seat) {
        Replica replica = new Replica(seat);
        replicas.put(seat.replica(), replica);
        return replica;
    }

    @Override
    public Instant goodUntil(Visit visit) {
        return visit.expiresAt;
    }

    @Override
    public OptionalLong remaining(SecretName secret, int version) {
        Replica worker = replicas.values().stream()
                .max(Comparator.comparing(Replica::edition))
                .orElseThrow();
        long found = 0;
        for (Map.Entry<Integer, byte[]> note : notes.entrySet()) {
            if (worker.encryptor.checkedHeader(note.getValue()).kekVersion() == version) {
                found++;
                note.setValue(worker.encryptor.rewrap(note.getValue()).bytes());
            }
        }
        return OptionalLong.of(found);
    }

    private final class Replica implements Station<Visit> {
        private final Seat seat;
        private final SessionSigner signer;
        private final EnvelopeEncryptor encryptor;

        Replica(Seat seat) {
            this.seat = seat;
            signer = SessionSigner.builder(seat.secret())
                    .cookie("__Host-sid")
                    .maxLife(life)
                    .clock(seat.clock())
                    .build();
            encryptor = EnvelopeEncryptor.builder(seat.secret())
                    .ticker(seat.ticker())
                    .build();
        }

        Keyring.Edition edition() {
            return seat.secret().keyring().edition();
        }

        @Override
        public Visit produce() {
            int note = visits++ % NOTES;
            notes.put(note, encryptor.encrypt(text(note), context(note)));
            long issuedAt = seat.clock().instant().getEpochSecond();
            return new Visit(
                    signer.sign("note " + note),
                    note,
                    Instant.ofEpochSecond(issuedAt).plus(life));
        }

        @Override
        public Verdict<Visit> check(Visit visit) {
            Verification verification = signer.verify(visit.cookie);
            if (!(verification instanceof Verification.Valid valid)) {
                return Verdict.rejected("the cookie is " + verification);
            }
            try {
                boolean opens = opens(visit.note) && opens(reads++ % notes.size());
                if (!opens) {
                    return Verdict.rejected("the note is another");
                }
            } catch (EnvelopeException e) {
                return Verdict.rejected("the note does not open: " + e.getMessage());
            }
            return valid.resign()
                    .map(cookie -> Verdict.replaced(new Visit(cookie, visit.note, visit.expiresAt)))
                    .orElseGet(Verdict::accepted);
        }

        private boolean opens(int note) {
            return Arrays.equals(encryptor.decrypt(notes.get(note), context(note)), text(note));
        }

        @Override
        public void close() {
            replicas.remove(seat.replica());
            encryptor.close();
        }
    }

    private static byte[] text(int note) {
        return ("note " + note).getBytes(StandardCharsets.UTF_8);
    }

    private static Context context(int note) {
        return Context.of("note", Integer.toString(note));
    }
}
