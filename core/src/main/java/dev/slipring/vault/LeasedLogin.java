package dev.slipring.vault;

import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Ticker;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.store.ForeignSecret;
import dev.slipring.store.Sighting;
import dev.slipring.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The login of a dynamic role that this process has, kept alive by looking at it. While the server cannot be asked, the
 * lease goes on as it was granted, and each look tries again with what remains. Safe for use by several threads.
 */
final class LeasedLogin implements ForeignSecret {
    private static final Logger LOG = LoggerFactory.getLogger(LeasedLogin.class);

    private final Leases leases;
    private final Duration ahead;
    private final Ticker ticker;
    private final List<Lease> replaced = new ArrayList<>();
    private @Nullable Lease current;
    private boolean closed;

    LeasedLogin(Leases leases, Timing timing, Ticker ticker) {
        this.leases = leases;
        this.ticker = ticker;
        ahead = timing.get(TimingParameter.REFRESH).multipliedBy(2).plus(timing.get(TimingParameter.ADOPTION));
    }

    @Override
    public synchronized Sighting look() {
        if (closed) {
            throw new StoreUnavailableException(leases.path() + ": its source is closed", null);
        }
        try {
            Lease lease = usable();
            return Sighting.of(lease.value().copy()).validFor(lease.left(ticker.nanos()));
        } catch (VaultException e) {
            throw VaultDatabase.followed(e);
        }
    }

    /** The lease to be used from now on. */
    private Lease usable() {
        Lease held = current;
        if (held == null || held.over(ticker.nanos())) {
            return next(held);
        }
        Optional<Lease> kept = held.renewable(ticker.nanos()) ? leases.renewed(held) : leases.known(held);
        if (kept.isEmpty()) {
            LOG.atWarn().addKeyValue("path", leases.path()).log("a lease has ended early; another login is taken");
            return next(held);
        }
        current = kept.get();
        boolean last = !kept.get().extendable() && kept.get().ending(ticker.nanos(), ahead);
        return last ? next(kept.get()) : kept.get();
    }

    private Lease next(@Nullable Lease before) {
        Lease next = leases.create();
        if (before != null) {
            replaced.add(before);
        }
        current = next;
        return next;
    }

    @Override
    public void released(SecretValue value) {
        Lease lease;
        synchronized (this) {
            lease = replaced.stream()
                    .filter(each -> each.value().equals(value))
                    .findFirst()
                    .orElse(null);
            replaced.remove(lease);
        }
        if (lease != null) {
            giveBack(lease);
        }
    }

    /** Waits for a look under way, which ends by the client's deadline, so that no lease is left behind. */
    @Override
    public void close() {
        List<Lease> held;
        synchronized (this) {
            closed = true;
            held = new ArrayList<>(replaced);
            if (current != null) {
                held.add(current);
            }
            current = null;
            replaced.clear();
        }
        held.forEach(this::giveBack);
    }

    /** One that cannot be given back ends by its time. */
    private void giveBack(Lease lease) {
        try {
            if (!lease.over(ticker.nanos())) {
                leases.revoke(lease);
            }
        } catch (VaultException | IllegalStateException e) {
            LOG.atWarn()
                    .addKeyValue("path", leases.path())
                    .addKeyValue("left", lease.left(ticker.nanos()))
                    .setCause(e)
                    .log("a lease could not be revoked and ends by its time");
        } finally {
            lease.value().wipe();
        }
    }

    @Override
    public String toString() {
        return "LeasedLogin[" + leases.path() + "]";
    }
}
