package dev.slipring.testing;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.rotation.UseReport;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The issuer as one replica meets it: calls take time, and may time out without effect, after their effect, or
 * before an effect that comes within the issuer's deadline; the replica may be killed right before and right after.
 */
final class FaultyIssuer implements SecretIssuer {
    private final SecretIssuer issuer;
    private final Fleet fleet;
    private final ReplicaStore.Moments moments;

    FaultyIssuer(SecretIssuer issuer, Fleet fleet, ReplicaStore.Moments moments) {
        this.issuer = issuer;
        this.fleet = fleet;
        this.moments = moments;
    }

    @Override
    public String name() {
        return issuer.name();
    }

    @Override
    public IssuerTraits traits() {
        return issuer.traits();
    }

    @Override
    public SecretValue mint(Issuance issuance, Collection<SecretValue> existing) {
        return called("mint", () -> issuer.mint(issuance, existing), () -> {});
    }

    @Override
    public void install(Issuance issuance, SecretValue value) {
        SecretValue copy = value.copy();
        called("install", () -> issuer.install(issuance, copy));
    }

    @Override
    public Map<String, String> attributes(SecretValue value) {
        return issuer.attributes(value);
    }

    @Override
    public ProbeVerdict probe(Issuance issuance, SecretValue value) {
        try {
            return called("probe", () -> issuer.probe(issuance, value), () -> {});
        } catch (IssuerException e) {
            return ProbeVerdict.INCONCLUSIVE;
        }
    }

    @Override
    public void revoke(Issuance issuance) {
        called("revoke", () -> issuer.revoke(issuance));
    }

    @Override
    public void discard(Issuance issuance, SecretValue minted) {
        issuer.discard(issuance, minted);
    }

    @Override
    public void sweep(SecretName secret, long sequence, Collection<SecretVersion> named) {
        called("sweep", () -> issuer.sweep(secret, sequence, named));
    }

    /** What live replicas hold is in use, whatever the issuer says. */
    @Override
    public UseReport use(Issuance issuance) {
        try {
            UseReport report = called("use", () -> issuer.use(issuance), () -> {});
            return fleet.uses(issuance.version()) ? UseReport.IN_USE : report;
        } catch (IssuerException e) {
            return UseReport.UNKNOWN;
        }
    }

    private void called(String call, Runnable effect) {
        called(
                call,
                () -> {
                    effect.run();
                    return true;
                },
                effect);
    }

    private <R> R called(String call, Supplier<R> body, Runnable late) {
        moments.pass("before " + call);
        long began = fleet.agenda().nanos();
        if (fleet.chance(0.5)) { // the other half is as prompt as it gets
            fleet.agenda().pass(fleet.upTo(longestCall()));
        }
        if (fleet.agenda().nanos() - began > longestCall().toNanos()) { // other slow calls came in between
            throw timedOut(call);
        }
        if (fleet.chance(fleet.plan().faults().issuerTimeout())) {
            timeOut(call, body, late);
        }
        R answer = body.get();
        moments.pass("after " + call);
        return answer;
    }

    /** A statement takes effect by the deadline that the issuer states, however long calls take otherwise. */
    private Duration longestCall() {
        Duration call = fleet.plan().reality().issuer().call();
        Duration deadline = issuer.traits().statementDeadline();
        return call.compareTo(deadline) < 0 ? call : deadline;
    }

    private void timeOut(String call, Supplier<?> body, Runnable late) {
        Duration deadline = issuer.traits().statementDeadline();
        if (fleet.chance(0.4)) {
            Objects.requireNonNull(body.get(), "an answer, which is lost");
        } else if (fleet.chance(0.5) && !deadline.isZero()) {
            fleet.agenda().after(fleet.upTo(deadline), late);
        }
        throw timedOut(call);
    }

    private IssuerException timedOut(String call) {
        fleet.tally().issuerTimeout();
        return new IssuerException("the issuer did not answer in time to " + call + ", as simulated");
    }
}
