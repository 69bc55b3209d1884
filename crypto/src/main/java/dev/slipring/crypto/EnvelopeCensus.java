package dev.slipring.crypto;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.rotation.Census;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts the envelopes that only one version of a KEK opens: what lets an old version be revoked, and destroyed. Every
 * envelope of every registered source is checked by unwrapping its data key; what an envelope merely says of itself
 * is never taken for a proof that nothing needs a version. A source that fails, and an envelope that cannot be
 * checked, leave the census without an answer: {@link #count()} says which. Envelopes that are lost for good, under a
 * destroyed version, have to be removed before anything else can retire.
 *
 * <p>A rotator needs its census before there can be an encryptor, so until {@link #over} is called this has no answer.
 * Safe for use by several threads.
 */
public final class EnvelopeCensus implements Census {
    private final Map<String, EnvelopeSource> sources;
    private volatile @Nullable Counted counted;

    private record Counted(EnvelopeEncryptor encryptor, RotatingSecret kek) {}

    private EnvelopeCensus(Map<String, EnvelopeSource> sources) {
        this.sources = sources;
    }

    /**
     * Prepares a census of one source and of those added; all there are have to be.
     *
     * @param name of the source, for a person
     * @param source gives all its envelopes
     * @return a builder
     */
    public static Builder of(String name, EnvelopeSource source) {
        return new Builder().source(name, source);
    }

    /**
     * Counts what needs {@code kek} from now on.
     *
     * @param encryptor one that opens what is under {@code kek}; stays the caller's
     * @param kek the secret whose versions are counted
     */
    public void over(EnvelopeEncryptor encryptor, RotatingSecret kek) {
        counted = new Counted(Objects.requireNonNull(encryptor, "encryptor"), Objects.requireNonNull(kek, "kek"));
    }

    /**
     * Passes over every source now.
     *
     * @return what was found, and what could not be
     * @throws IllegalStateException if {@link #over} was not called yet
     */
    public EnvelopeCount count() {
        Counted now = counted;
        if (now == null) {
            throw new IllegalStateException("this census was not told yet by which encryptor to count");
        }
        Tally tally = new Tally(now.encryptor, now.kek.keyring().edition().ringId());
        sources.forEach(tally::add);
        return tally.count();
    }

    @Override
    public OptionalLong remaining(SecretName secret, int version) {
        Counted now = counted;
        return now == null || !now.kek.name().equals(secret) ? OptionalLong.empty() : count().remaining(version);
    }

    @Override
    public String toString() {
        return "EnvelopeCensus" + sources.keySet();
    }

    /** What one pass has found so far. A source may give envelopes from several threads. */
    private static final class Tally {
        private final EnvelopeEncryptor encryptor;
        private final int ring;
        private final Map<Integer, Long> byVersion = new TreeMap<>();
        private final Map<Integer, Long> claimed = new TreeMap<>();
        private final Map<String, Map<Failure, Long>> unknown = new TreeMap<>();
        private final Map<String, String> failed = new TreeMap<>();

        Tally(EnvelopeEncryptor encryptor, int ring) {
            this.encryptor = encryptor;
            this.ring = ring;
        }

        void add(String name, EnvelopeSource source) {
            try {
                source.forEach(envelope -> add(name, envelope));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                fail(name, e);
            } catch (Exception e) {
                fail(name, e);
            }
        }

        synchronized EnvelopeCount count() {
            return new EnvelopeCount(byVersion, claimed, unknown, failed);
        }

        private synchronized void add(String name, byte[] envelope) {
            try {
                EnvelopeHeader header = encryptor.checkedHeader(envelope);
                if (header.ringId() == ring) {
                    byVersion.merge(header.kekVersion(), 1L, Long::sum);
                }
            } catch (EnvelopeException e) {
                uncertain(name, envelope, e.failure());
            } catch (RuntimeException e) {
                fail(name, e); // whatever the source makes of it
                throw e;
            }
        }

        private void uncertain(String name, byte[] envelope, Failure failure) {
            if (failure == Failure.DISABLED || failure == Failure.DESTROYED) {
                EnvelopeHeader header = EnvelopeHeader.read(envelope);
                if (header.ringId() == ring) {
                    claimed.merge(header.kekVersion(), 1L, Long::sum);
                    return;
                }
            }
            unknown.computeIfAbsent(name, source -> new EnumMap<>(Failure.class))
                    .merge(failure, 1L, Long::sum);
        }

        private synchronized void fail(String name, Exception e) {
            failed.put(name, e.toString());
        }
    }

    /** Collects the sources of an {@link EnvelopeCensus}. Not thread-safe. */
    public static final class Builder {
        private final Map<String, EnvelopeSource> sources = new LinkedHashMap<>();

        private Builder() {}

        /**
         * Adds a source.
         *
         * @param name of the source, for a person
         * @param source gives all its envelopes
         * @return this
         * @throws IllegalArgumentException if the name is taken
         */
        public Builder source(String name, EnvelopeSource source) {
            Objects.requireNonNull(source, "source");
            if (sources.putIfAbsent(name, source) != null) {
                throw new IllegalArgumentException("source " + name + " is registered already");
            }
            return this;
        }

        /**
         * The census.
         *
         * @return one that has no answer until {@link EnvelopeCensus#over} is called
         */
        public EnvelopeCensus build() {
            return new EnvelopeCensus(new LinkedHashMap<>(sources));
        }
    }
}
