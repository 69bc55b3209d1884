package dev.slipring.apikey;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.UseReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The keys that a service lists: which are whose, which are in use, and how one ends. Immutable. */
final class ListedKeys {
    private static final Logger LOG = LoggerFactory.getLogger(ListedKeys.class);

    private final KeyNames names;
    private final @Nullable String adopted;
    private final Duration idleAfter;
    private final Function<ApiCalls, List<IssuedKey>> find;
    private final BiConsumer<ApiCalls, String> remove;
    private final @Nullable BiFunction<ApiCalls, String, Optional<Instant>> lastUse;

    ListedKeys(
            HttpIssuer.Builder builder, Function<ApiCalls, List<IssuedKey>> find, BiConsumer<ApiCalls, String> remove) {
        names = builder.names;
        adopted = builder.adopted;
        idleAfter = builder.idleAfter;
        lastUse = builder.lastUse;
        this.find = find;
        this.remove = remove;
    }

    /** Ends one key; one that is gone is a success. */
    void remove(ApiCalls calls, String id) {
        remove.accept(calls, id);
    }

    /** Ends every key of the version. */
    void revoke(ApiCalls calls, Issuance issuance) {
        of(calls, issuance).forEach(key -> remove(calls, key.id()));
    }

    /** Ends what was made up to {@code sequence} and belongs to no version. */
    void sweep(ApiCalls calls, long sequence, Collection<SecretVersion> named) {
        List<String> used = new ArrayList<>();
        List<IssuedKey> orphans = find.apply(calls).stream()
                .filter(key -> isOrphan(key, sequence, named))
                .toList();
        for (IssuedKey key : orphans) {
            if (everUsed(calls, key)) {
                used.add(key.name());
            } else {
                LOG.info("retiring the key {}, which the record does not name", key.name());
                remove(calls, key.id());
            }
        }
        if (!used.isEmpty()) {
            throw new IssuerException("no version names " + used + ", yet somebody has used it, so it is left alone:"
                    + " does another store rotate keys under the same name?");
        }
    }

    /** A version none of whose keys is listed may be in use nevertheless: a list can lag, or leave something out. */
    UseReport use(ApiCalls calls, Issuance issuance) {
        List<Optional<Instant>> uses =
                of(calls, issuance).stream().map(key -> lastUse(calls, key)).toList();
        Optional<Instant> now = calls.serverTime();
        if (uses.isEmpty() || uses.stream().anyMatch(Optional::isEmpty) || now.isEmpty()) {
            return UseReport.UNKNOWN;
        }
        Instant lately = now.get().minus(idleAfter);
        return uses.stream().allMatch(at -> at.orElseThrow().isBefore(lately)) ? UseReport.IDLE : UseReport.IN_USE;
    }

    private List<IssuedKey> of(ApiCalls calls, Issuance issuance) {
        String name = names.of(issuance);
        return find.apply(calls).stream()
                .filter(key -> key.name().equals(name)
                        || (issuance.version() == 1 && key.id().equals(adopted)))
                .toList();
    }

    /** Of several keys with a version's name only the one that the record names by its id is the version's. */
    private boolean isOrphan(IssuedKey key, long sequence, Collection<SecretVersion> named) {
        OptionalLong madeBy = names.sequence(key.name());
        boolean ours = madeBy.isPresent()
                && madeBy.getAsLong() <= sequence
                && !key.id().equals(adopted);
        return ours && named.stream().noneMatch(version -> mayBe(version, key));
    }

    private boolean mayBe(SecretVersion version, IssuedKey key) {
        String id = version.attributes().get(HttpIssuer.ATTRIBUTE);
        boolean sameName = names.of(version).equals(Optional.of(key.name()));
        boolean over = version.state().compareTo(VersionState.REVOKED) >= 0;
        return key.id().equals(id) || (sameName && id == null && !over);
    }

    /** The value of an orphan is known to nobody, so what was ever used is none. */
    private boolean everUsed(ApiCalls calls, IssuedKey key) {
        return lastUse(calls, key).filter(at -> at.isAfter(Instant.EPOCH)).isPresent();
    }

    private Optional<Instant> lastUse(ApiCalls calls, IssuedKey key) {
        return lastUse == null ? Optional.empty() : lastUse.apply(calls, key.id());
    }
}
