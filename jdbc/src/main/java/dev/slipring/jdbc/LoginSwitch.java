package dev.slipring.jdbc;

import dev.slipring.jdbc.ClientState.Candidate;
import dev.slipring.jdbc.ClientState.Drained;
import dev.slipring.jdbc.ClientState.Draining;
import dev.slipring.jdbc.ClientState.Quarantined;
import dev.slipring.jdbc.ClientState.Rescue;
import dev.slipring.jdbc.ClientState.Stable;
import dev.slipring.jdbc.ClientState.Switched;
import dev.slipring.jdbc.ClientState.Verifying;
import dev.slipring.jdbc.CredentialedDataSource.Logins;
import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.StaleKeyringException;
import dev.slipring.keyring.Ticker;
import dev.slipring.keyring.UsableVersion;
import dev.slipring.keyring.VersionState;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Comparator;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which login is in force: the state machine behind {@link ClientState}. Other threads only note what
 * happened; every decision is taken in {@link #step()}, which runs in one thread at a time. What is to be
 * done is found from scratch in each step, so events may be lost, repeated or told out of order.
 */
final class LoginSwitch implements CredentialedDataSource.Events {
    static final long NEVER = Long.MAX_VALUE;

    private static final Logger LOG = LoggerFactory.getLogger(LoginSwitch.class);
    /** SQLState: the client could not establish a connection; it says nothing about the login. */
    private static final String NO_CONNECTION = "08001";

    private static final int REFUSALS_TO_ROLL_BACK = 3;
    private static final long REFUSAL_WINDOW = TimeUnit.SECONDS.toNanos(10);
    private static final long RESCUE_PACE = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long FIRST_RETRY = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_RETRY = TimeUnit.SECONDS.toNanos(30);
    private static final long FIRST_REVERIFY = TimeUnit.SECONDS.toNanos(20);
    private static final long LONGEST_REVERIFY = TimeUnit.MINUTES.toNanos(5);

    private final RotatingSecret secret;
    private final CredentialedDataSource source;
    private final Verification verification;
    private final Drain drain;
    private final Ticker ticker;
    private final Consumer<ClientState> listener;
    private final Queue<Long> refusals = new ConcurrentLinkedQueue<>();
    private volatile Runnable wake = () -> {};
    private volatile boolean rescue;
    private volatile ClientState state;
    private volatile @Nullable Trial trial;

    /** How far the next generation is: when it may be tried again, and why it has to wait. */
    private record Trial(
            int generation,
            boolean primary,
            boolean passed,
            ClientState.@Nullable Reason reason,
            long delay,
            long notBefore) {}

    LoginSwitch(
            RotatingSecret secret,
            CredentialedDataSource source,
            Verification verification,
            Drain drain,
            Ticker ticker,
            Consumer<ClientState> listener) {
        this.secret = secret;
        this.source = source;
        this.verification = verification;
        this.drain = drain;
        this.ticker = ticker;
        this.listener = listener;
        this.state = new Stable(source.generation());
    }

    ClientState state() {
        return state;
    }

    /** Calls {@code wake} when something happened that a step should look at. */
    void onEvent(Runnable wakeUp) {
        wake = wakeUp;
    }

    @Override
    public void refused(Credential credential) {
        if (credential.generation() != source.generation()) {
            return;
        }
        refusals.add(ticker.nanos());
        rescue = true;
        secret.requestRefresh();
        wake.run();
    }

    /** Asking the secret for its primary version throws if nothing may be produced, which to log in is. */
    @Override
    public void opening() throws SQLException {
        try {
            secret.primary();
        } catch (StaleKeyringException e) {
            throw new SQLTransientConnectionException(
                    "no connection is opened now: " + e.getMessage(), NO_CONNECTION, e);
        }
    }

    @Override
    public void accepted(Credential credential) {
        if (rescue && credential.generation() == source.generation()) {
            rescue = false;
            wake.run();
        }
    }

    @Override
    public boolean retiresNow() {
        return drain.retiresNow();
    }

    @Override
    public boolean callersWait() {
        return drain.waiting() > 0;
    }

    /** A connection was checked out that is not of the present generation. */
    void strayed(Ticket ticket) {
        if (state instanceof Stable stable && ticket.generation() < stable.generation()) {
            wake.run();
        }
    }

    /**
     * Whether this replica has taken up what the secret shows: no connection is open with a login that has left, none
     * will be, and neither the login in force nor the one that may follow is refused or still to be tried.
     */
    boolean settled() {
        Keyring keyring = secret.keyring();
        Trial at = trial;
        boolean nextWorks = next(keyring)
                .map(version -> at != null && at.passed && at.generation == version.number())
                .orElse(true);
        return keyring.primary().number() == source.generation()
                && nextWorks
                && !rescue
                && source.logins().previous() == null
                && drain.outdated().isEmpty();
    }

    /** Does what is next; returns nanoseconds until it wants to be called again, or {@link #NEVER}. */
    long step() {
        if (state instanceof Draining draining) {
            if (refusedTooOften()) {
                rollBack(draining);
            }
            if (!drain.outdated().isEmpty()) {
                return drain.tick();
            }
            endDrain((Draining) state);
        }
        Optional<UsableVersion> next = next(secret.keyring());
        return next.isPresent() ? approach(next.get()) : rest();
    }

    /** The primary version if it is not in force yet; else the newest that is published and may follow. */
    private Optional<UsableVersion> next(Keyring keyring) {
        int primary = keyring.primary().number();
        if (primary != source.generation()) {
            return Optional.of(keyring.primary());
        }
        return keyring.accepted().stream()
                .filter(version -> version.version().state() == VersionState.PUBLISHED)
                .max(Comparator.comparingInt(UsableVersion::number));
    }

    private long rest() {
        trial = null;
        source.change(logins -> new Logins(logins.current(), null, null));
        int generation = source.generation();
        Optional<Ticket> stray = drain.outdated().stream()
                .filter(ticket -> ticket.generation() < generation)
                .findAny();
        if (stray.isPresent()) {
            drain.begin();
            move(new Draining(generation, stray.get().generation()));
            return 0;
        }
        if (!rescue) {
            move(new Stable(generation));
            return NEVER;
        }
        move(new Rescue(generation));
        secret.requestRefresh(); // the next login may show up later than the refusal of this one
        drain.askForWaiting();
        return RESCUE_PACE;
    }

    private long approach(UsableVersion next) {
        boolean primary = secret.keyring().primary().number() == next.number();
        Trial at = trial;
        if (at == null || at.generation != next.number() || at.primary != primary) {
            at = new Trial(next.number(), primary, false, null, 0, ticker.nanos());
            trial = at;
        }
        if (at.passed) {
            return NEVER; // until it is promoted
        }
        long early = at.notBefore - ticker.nanos();
        if (early > 0) {
            waitFor(at);
            return early;
        }
        return verify(next, primary, at);
    }

    private long verify(UsableVersion next, boolean primary, Trial at) {
        int generation = source.generation();
        move(new Candidate(generation, next.number()));
        Credential candidate;
        try {
            candidate = Credential.of(secret, next);
        } catch (IllegalArgumentException e) {
            LOG.atError().addKeyValue("secret", secret.name()).setCause(e).log("the next version is no login");
            return quarantine(at, ClientState.Reason.REFUSED, null);
        }
        source.change(logins -> new Logins(logins.current(), candidate, null));
        move(new Verifying(generation, next.number()));
        return switch (verification.of(candidate, source.logins().current())) {
            case PASSED -> primary ? switchTo(candidate, at) : awaitPromotion(at);
            case REFUSED -> quarantine(at, ClientState.Reason.REFUSED, candidate);
            case RIGHTS -> quarantine(at, ClientState.Reason.RIGHTS, null);
            case NONE -> retry(at);
        };
    }

    private long awaitPromotion(Trial at) {
        trial = new Trial(at.generation, false, true, null, 0, 0);
        move(new Candidate(source.generation(), at.generation));
        return NEVER;
    }

    private long retry(Trial at) {
        long delay = Math.min(LONGEST_RETRY, Math.max(FIRST_RETRY, 2 * at.delay));
        Trial later = new Trial(at.generation, at.primary, false, at.reason, delay, ticker.nanos() + delay);
        trial = later;
        waitFor(later);
        return delay;
    }

    private long switchTo(Credential next, Trial at) {
        if (!prepared(next)) {
            return retry(at);
        }
        int previous = source.generation();
        trial = null;
        rescue = false;
        source.change(logins -> new Logins(next, null, logins.current()));
        refusals.clear();
        move(new Switched(next.generation(), previous));
        drain.begin();
        move(new Draining(next.generation(), previous));
        return 0;
    }

    private boolean prepared(Credential next) {
        try {
            drain.prepare(next);
            return true;
        } catch (SQLException | RuntimeException e) {
            LOG.atWarn().addKeyValue("login", next).setCause(e).log("the pool cannot take the next login yet");
            return false;
        }
    }

    private void rollBack(Draining draining) {
        Credential previous = source.logins().previous();
        if (previous == null || !prepared(previous)) {
            return;
        }
        LOG.atError()
                .addKeyValue("secret", secret.name())
                .addKeyValue("refused", draining.generation())
                .addKeyValue("back to", draining.previous())
                .log("the database refuses the new login after the switch; rolled back");
        source.change(logins -> new Logins(previous, null, null));
        refusals.clear();
        rescue = false;
        trial = quarantined(draining.generation(), true, ClientState.Reason.REFUSED, 0);
        drain.begin();
        move(new Draining(previous.generation(), draining.generation()));
    }

    private void endDrain(Draining draining) {
        drain.end();
        Credential previous = source.logins().previous();
        source.change(logins -> new Logins(logins.current(), null, null));
        if (previous != null) {
            previous.login().wipe();
        }
        move(new Drained(draining.generation(), draining.previous()));
        move(new Stable(draining.generation()));
    }

    /**
     * Waits before the next trial.
     *
     * @param bridge stays at hand for when the login in force is refused: where installing a login is the switch, the
     *     next one is refused until then, and from then on the one in force is
     */
    private long quarantine(Trial at, ClientState.Reason reason, @Nullable Credential bridge) {
        Trial put = quarantined(at.generation, at.primary, reason, at.delay);
        trial = put;
        LOG.atError()
                .addKeyValue("secret", secret.name())
                .addKeyValue("refused", at.generation)
                .addKeyValue("kept", source.generation())
                .addKeyValue("reason", reason)
                .log("the next login did not pass and is quarantined");
        source.change(logins -> new Logins(logins.current(), bridge, null));
        waitFor(put);
        return put.delay;
    }

    private Trial quarantined(int generation, boolean primary, ClientState.Reason reason, long delay) {
        long longer = Math.min(LONGEST_REVERIFY, Math.max(FIRST_REVERIFY, 2 * delay));
        return new Trial(generation, primary, false, reason, longer, ticker.nanos() + longer);
    }

    private void waitFor(Trial at) {
        move(
                at.reason == null
                        ? new Candidate(source.generation(), at.generation)
                        : new Quarantined(source.generation(), at.generation, at.reason));
    }

    private boolean refusedTooOften() {
        long now = ticker.nanos();
        refusals.removeIf(at -> now - at > REFUSAL_WINDOW);
        return refusals.size() >= REFUSALS_TO_ROLL_BACK;
    }

    private void move(ClientState next) {
        if (next.equals(state)) {
            return;
        }
        state = next;
        LOG.atInfo()
                .addKeyValue("secret", secret.name())
                .addKeyValue("state", next)
                .log("database login: {}", next);
        try {
            listener.accept(next);
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("secret", secret.name()).setCause(e).log("a state listener failed");
        }
    }
}
