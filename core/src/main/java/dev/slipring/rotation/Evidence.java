package dev.slipring.rotation;

import dev.slipring.keyring.ReplicaReport;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an executor knows beyond the record, gathered for one epoch of it: an operator's command, which
 * effects it has performed, and what issuers and censuses answered. Immutable.
 *
 * @param command what an operator asks, if anything
 * @param stored what may be said of the values that are in the store, by version
 * @param done effects performed
 * @param failed steps tried in vain
 * @param probes verdicts by version
 * @param uses reports of use by version
 * @param censuses counts by version; a version whose census gave no count is absent
 * @param replicas what the replicas report; empty until they were asked
 * @param rotationId a fresh random id for a rotation that begins, lower-case letters and digits
 * @param ringId a fresh random id for a ring that is created
 */
public record Evidence(
        Optional<Command> command,
        Map<Integer, Stored> stored,
        Set<Effect> done,
        Set<Failure> failed,
        Map<Integer, ProbeVerdict> probes,
        Map<Integer, UseReport> uses,
        Map<Integer, CensusCount> censuses,
        Optional<List<ReplicaReport>> replicas,
        String rotationId,
        int ringId) {

    /**
     * What may be said in the record of a value that is stored.
     *
     * @param fingerprint keyed digest of the value, hex
     * @param attributes public facts about the value
     */
    public record Stored(String fingerprint, Map<String, String> attributes) {
        public Stored {
            attributes = Map.copyOf(attributes);
        }
    }

    /** An effect outside the record, on one version. */
    public record Effect(Kind kind, int version) {}

    /**
     * A step that was tried in vain: an effect, whichever attempt it was, or a write that could not be audited.
     *
     * @param step the kind of step
     * @param version the version that an effect is about; 0 for a write
     */
    public record Failure(Class<? extends Step> step, int version) {
        static Failure of(Step step) {
            return new Failure(
                    step.getClass(),
                    step instanceof Step.Effect effect ? effect.issuance().version() : 0);
        }
    }

    /** The kinds of effects. */
    public enum Kind {
        /** The value was installed at the issuer. */
        INSTALLED,
        /** The issuer was told to revoke the version. */
        REVOKED,
        /** The value was erased from the store. */
        ERASED,
        /** A census was tried, whether it gave a count or not. */
        COUNTED,
        /** Orphans of every rotation up to this version's were swept. */
        SWEPT,
        /** Plain readers of the store were shown the version as primary. */
        RECONCILED
    }

    public Evidence {
        stored = Map.copyOf(stored);
        done = Set.copyOf(done);
        failed = Set.copyOf(failed);
        probes = Map.copyOf(probes);
        uses = Map.copyOf(uses);
        censuses = Map.copyOf(censuses);
        replicas = replicas.map(List::copyOf);
    }

    /** Nothing known but fresh ids. */
    public static Evidence none(String rotationId, int ringId) {
        return new Evidence(
                Optional.empty(),
                Map.of(),
                Set.of(),
                Set.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                Optional.empty(),
                rotationId,
                ringId);
    }

    /** What {@code fresh} knows of another epoch, with what failed before. */
    public Evidence renewed(Evidence fresh) {
        return new Evidence(
                fresh.command,
                fresh.stored,
                fresh.done,
                failed,
                fresh.probes,
                fresh.uses,
                fresh.censuses,
                fresh.replicas,
                fresh.rotationId,
                fresh.ringId);
    }

    /** Whether the effect was performed. */
    public boolean has(Kind kind, int version) {
        return done.contains(new Effect(kind, version));
    }

    /** With a command. */
    public Evidence asked(Command asked) {
        return new Evidence(
                Optional.of(asked), stored, done, failed, probes, uses, censuses, replicas, rotationId, ringId);
    }

    /** With a value found or put in the store. */
    public Evidence stored(int version, Stored facts) {
        return new Evidence(
                command,
                plus(stored, version, facts),
                done,
                failed,
                probes,
                uses,
                censuses,
                replicas,
                rotationId,
                ringId);
    }

    /** With one effect more. */
    public Evidence with(Kind kind, int version) {
        Set<Effect> more = new HashSet<>(done);
        more.add(new Effect(kind, version));
        return new Evidence(command, stored, more, failed, probes, uses, censuses, replicas, rotationId, ringId);
    }

    /** Whether the step was tried in vain. */
    public boolean hasFailed(Step step) {
        return failed.contains(Failure.of(step));
    }

    /** With a step that failed. */
    public Evidence failed(Step step) {
        Set<Failure> more = new HashSet<>(failed);
        more.add(Failure.of(step));
        return new Evidence(command, stored, done, more, probes, uses, censuses, replicas, rotationId, ringId);
    }

    /** With a probe's verdict. */
    public Evidence probed(int version, ProbeVerdict verdict) {
        return new Evidence(
                command,
                stored,
                done,
                failed,
                plus(probes, version, verdict),
                uses,
                censuses,
                replicas,
                rotationId,
                ringId);
    }

    /** With a report of use. */
    public Evidence reported(int version, UseReport report) {
        return new Evidence(
                command,
                stored,
                done,
                failed,
                probes,
                plus(uses, version, report),
                censuses,
                replicas,
                rotationId,
                ringId);
    }

    /** With what the replicas report. */
    public Evidence heard(List<ReplicaReport> reports) {
        return new Evidence(
                command, stored, done, failed, probes, uses, censuses, Optional.of(reports), rotationId, ringId);
    }

    /** With a census. */
    public Evidence counted(int version, CensusCount count) {
        return new Evidence(
                command,
                stored,
                done,
                failed,
                probes,
                uses,
                plus(censuses, version, count),
                replicas,
                rotationId,
                ringId);
    }

    private static <V> Map<Integer, V> plus(Map<Integer, V> map, int version, V value) {
        Map<Integer, V> more = new HashMap<>(map);
        more.put(version, value);
        return more;
    }
}
