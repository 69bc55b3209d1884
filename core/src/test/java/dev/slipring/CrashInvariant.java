package dev.slipring;

import dev.slipring.CrashEvent.Kind;
import dev.slipring.CrashEvent.Version;
import dev.slipring.keyring.VersionState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What must be true of the merged logs of a crash test, however the processes were killed. Stateless. */
enum CrashInvariant {
    /** Epochs grow by one; each has one content, whoever saw it, and at most one writer. */
    CAS_ONCE {
        @Override
        void check(CrashLog log, String secret, Consumer<String> broken) {
            long expected = 1;
            for (CrashEvent record : log.records(secret)) {
                if (record.number("epoch") != expected) {
                    broken.accept("epoch " + expected + " is missing before " + record);
                }
                expected = record.number("epoch") + 1;
            }
            Map<Long, String> digests = new HashMap<>();
            Stream.of(Kind.RECORD, Kind.WROTE, Kind.VIEW)
                    .flatMap(kind -> log.all(kind, secret).stream())
                    .filter(event -> !event.fact("digest")
                            .equals(digests.computeIfAbsent(event.number("epoch"), e -> event.fact("digest"))))
                    .forEach(event -> broken.accept("another content of the epoch: " + event));
            Set<Long> written = new HashSet<>();
            log.all(Kind.WROTE, secret).stream()
                    .filter(event -> !written.add(event.number("epoch")))
                    .forEach(event -> broken.accept("written twice: " + event));
        }
    },
    /** No process goes back to an older record. */
    MONOTONE_VIEW {
        @Override
        void check(CrashLog log, String secret, Consumer<String> broken) {
            Map<String, Long> newest = new HashMap<>();
            for (CrashEvent view : log.all(Kind.VIEW, secret)) {
                Long before = newest.put(view.process(), view.number("epoch"));
                if (before != null && before > view.number("epoch")) {
                    broken.accept("back from epoch " + before + ": " + view);
                }
            }
        }
    },
    /** Exactly one version is primary, at most one on its way to be, at most one being revoked. */
    SINGLE_PRIMARY {
        @Override
        void check(CrashLog log, String secret, Consumer<String> broken) {
            for (CrashEvent record : log.records(secret)) {
                if (count(record, VersionState.PRIMARY) != 1
                        || count(record, VersionState.STAGED, VersionState.PUBLISHED) > 1
                        || count(record, VersionState.REVOKING) > 1) {
                    broken.accept("too many or too few: " + record);
                }
            }
        }
    },
    /** Version numbers are taken in order, are never forgotten nor reused, and states only go forward. */
    NO_VERSION_LOST {
        @Override
        void check(CrashLog log, String secret, Consumer<String> broken) {
            Map<Integer, Version> known = new HashMap<>();
            for (CrashEvent record : log.records(secret)) {
                List<Version> versions = record.versions();
                if (versions.size() < known.size()) {
                    broken.accept("a version is forgotten: " + record);
                }
                for (int i = 0; i < versions.size(); i++) {
                    Version now = versions.get(i);
                    Version before = known.put(now.number(), now);
                    boolean reused = before != null && !before.rotation().equals(now.rotation());
                    boolean back = before != null
                            && VersionState.valueOf(before.state()).compareTo(VersionState.valueOf(now.state())) > 0;
                    if (now.number() != i + 1 || reused || back) {
                        broken.accept("version " + now + " after " + before + ": " + record);
                    }
                }
            }
        }
    },
    /** A version has one value in every process, at the issuer and in the store, of which nothing is lost. */
    ONE_VALUE {
        @Override
        void check(CrashLog log, String secret, Consumer<String> broken) {
            Map<Integer, String> values = new HashMap<>();
            log.records(secret).stream()
                    .flatMap(record -> record.versions().stream())
                    .filter(version -> !version.fingerprint().isEmpty())
                    .filter(version -> differs(values, version.number(), version.fingerprint()))
                    .forEach(version -> broken.accept("the record changed the fingerprint of " + version));
            for (CrashEvent view : log.all(Kind.VIEW, secret)) {
                view.accepted().forEach((version, fingerprint) -> {
                    if (differs(values, version, fingerprint)) {
                        broken.accept("another value of version " + version + ": " + view);
                    }
                });
            }
            Set<Long> kept = new HashSet<>();
            Stream.of(Kind.VALID, Kind.KEPT)
                    .flatMap(kind -> log.all(kind, secret).stream())
                    .filter(event -> event.kind() == Kind.VALID || kept.add(event.number("version")))
                    .filter(event -> differs(values, (int) event.number("version"), event.fact("fingerprint")))
                    .forEach(event -> broken.accept("another value: " + event));
            for (Version version : log.last(secret).versions()) {
                if (kept.contains((long) version.number()) == version.state().equals("DESTROYED")) {
                    broken.accept("the value is lost, or not erased: " + version);
                }
            }
            log.all(Kind.REJECTED, secret).stream()
                    .filter(event -> event.fact("reason").equals("forged"))
                    .forEach(event -> broken.accept("made with another value: " + event));
        }
    },
    /** What is valid at the issuer in the end is what the record names, and the primary version is. */
    NO_LOST_KEY {
        @Override
        void check(CrashLog log, String secret, Consumer<String> broken) {
            List<CrashEvent> valid = log.all(Kind.VALID, secret);
            for (Version version : log.last(secret).versions()) {
                boolean found = valid.stream().anyMatch(event -> event.number("version") == version.number());
                boolean wanted = VersionState.valueOf(version.state()).accepts()
                        && !version.slot().isEmpty();
                if (found != wanted) {
                    broken.accept(version + (found ? " is" : " is not") + " valid at the issuer");
                }
            }
            valid.stream()
                    .filter(event -> event.number("version")
                            > log.last(secret).versions().size())
                    .forEach(event -> broken.accept("unknown to the record: " + event));
        }
    },
    /** No slot is in two hands, and no statement takes it from a later version or from one that is valid. */
    SLOT_OWNED {
        @Override
        void check(CrashLog log, String secret, Consumer<String> broken) {
            for (CrashEvent record : log.records(secret)) {
                Set<String> taken = new HashSet<>();
                record.versions().stream()
                        .filter(version -> !version.slot().isEmpty())
                        .filter(version -> VersionState.valueOf(version.state()).compareTo(VersionState.REVOKED) < 0)
                        .filter(version -> !taken.add(version.slot()))
                        .forEach(version -> broken.accept("a slot in two hands: " + record));
            }
            for (CrashEvent statement : log.all(Kind.STATED, secret)) {
                long owner = statement.number("owner");
                long version = statement.number("version");
                boolean valid = Boolean.parseBoolean(statement.fact("ownerValid"));
                if (owner > version || owner != version && valid) {
                    broken.accept("a statement on a slot of another version: " + statement);
                }
            }
        }
    },
    /** No live process makes anything with a version that another live process does not know yet. */
    NO_EARLY_USE {
        @Override
        void check(CrashLog log, String secret, Consumer<String> broken) {
            wronglyRejected(log, secret)
                    .filter(event -> CrashInvariant.unknown(log, event))
                    .forEach(event -> broken.accept("not accepted yet: " + event));
        }
    },
    /** Nothing that a live process made is refused by a live process before it expires. */
    NO_REVOKE_IN_USE {
        @Override
        void check(CrashLog log, String secret, Consumer<String> broken) {
            wronglyRejected(log, secret)
                    .filter(event -> !CrashInvariant.unknown(log, event))
                    .forEach(event -> broken.accept("no longer accepted: " + event));
        }
    },
    /** The issuer lets every live process in. */
    ALWAYS_USABLE {
        @Override
        void check(CrashLog log, String secret, Consumer<String> broken) {
            log.all(Kind.DENIED, secret).stream()
                    .filter(event -> Replica.live(event.number("age")))
                    .forEach(event -> broken.accept("not let in: " + event));
        }
    },
    /** A version is taken back only after an audit event said so. */
    AUDIT_FIRST {
        @Override
        void check(CrashLog log, String secret, Consumer<String> broken) {
            Set<Long> audited = new HashSet<>();
            log.all(Kind.AUDITED, secret).forEach(event -> audited.add(event.number("epoch")));
            Set<Integer> revoking = new HashSet<>();
            for (CrashEvent record : log.records(secret)) {
                record.versions().stream()
                        .filter(version -> version.state().equals("REVOKING") && revoking.add(version.number()))
                        .filter(version -> !audited.contains(record.number("epoch")))
                        .forEach(version -> broken.accept("not audited: " + version + " in " + record));
            }
        }
    },
    /** In the end nothing is under way, and of every version but the primary the value is gone. */
    CONVERGES {
        @Override
        void check(CrashLog log, String secret, Consumer<String> broken) {
            CrashEvent last = log.last(secret);
            long rest = count(last, VersionState.PRIMARY, VersionState.DESTROYED);
            if (!last.fact("phase").equals("IDLE") || rest != last.versions().size()) {
                broken.accept("not at rest: " + last);
            }
        }
    };

    abstract void check(CrashLog log, String secret, Consumer<String> broken);

    /** Everything that is broken in {@code log}, each with the name of its invariant. */
    static List<String> broken(CrashLog log) {
        List<String> all = new ArrayList<>();
        for (String secret : log.secrets()) {
            for (CrashInvariant invariant : values()) {
                invariant.check(log, secret, what -> all.add(invariant + " " + secret + ": " + what));
            }
        }
        return all;
    }

    /** Tokens that a live process made and a live process did not accept, although they had not expired. */
    private static Stream<CrashEvent> wronglyRejected(CrashLog log, String secret) {
        return log.all(Kind.REJECTED, secret).stream()
                .filter(event -> event.fact("reason").equals("unknown"))
                .filter(event -> Replica.live(event.number("makerAge")) && Replica.live(event.number("age")))
                .filter(event -> event.at() - event.number("made") < CrashPlace.LIFETIME.toNanos());
    }

    /** Whether the version of a rejected token was not accepted yet in the view that rejected it. */
    private static boolean unknown(CrashLog log, CrashEvent event) {
        Optional<Version> version = log.version(event.secret(), event.number("epoch"), event.number("version"));
        return version.isEmpty() || version.get().state().equals("STAGED");
    }

    private static boolean differs(Map<Integer, String> values, int version, String fingerprint) {
        return !values.computeIfAbsent(version, v -> fingerprint).equals(fingerprint);
    }

    private static long count(CrashEvent record, VersionState... states) {
        Set<String> wanted = new HashSet<>();
        Stream.of(states).forEach(state -> wanted.add(state.name()));
        return record.versions().stream()
                .filter(version -> wanted.contains(version.state()))
                .count();
    }
}
