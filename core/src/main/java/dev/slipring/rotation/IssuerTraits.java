package dev.slipring.rotation;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;

/**
 * What the protocol must know of an issuer to decide, as data.
 *
 * @param install when a value is made valid
 * @param slots the places that versions occupy in turn, such as two alternating logins; empty if none
 * @param probes whether {@link SecretIssuer#probe} can tell ALIVE from DEAD
 * @param reportsUse whether {@link SecretIssuer#use} can tell; if so, a version is revoked only once it is idle
 * @param statementDeadline how long after it was begun a statement to the issuer may still take effect; a
 *     slot is not reused before D, e and that have passed
 * @param orphans whether a value that was minted and never stored stays valid at the issuer, to be found and
 *     retired by {@link SecretIssuer#sweep}
 * @param provided whether an operator makes and expires the values somewhere else: a rotation begins once one is
 *     provided, and a version counts as revoked once its probe or the operator says that it was expired
 */
public record IssuerTraits(
        Install install,
        List<String> slots,
        boolean probes,
        boolean reportsUse,
        Duration statementDeadline,
        boolean orphans,
        boolean provided) {

    /** An issuer that nobody stands behind: a random value, valid by being known. */
    public static final IssuerTraits NONE = new IssuerTraits(Install.NEVER, List.of(), false, false, Duration.ZERO);

    /** An issuer that makes its values itself. */
    public IssuerTraits(
            Install install,
            List<String> slots,
            boolean probes,
            boolean reportsUse,
            Duration statementDeadline,
            boolean orphans) {
        this(install, slots, probes, reportsUse, statementDeadline, orphans, false);
    }

    /** An issuer that leaves no orphans: nothing it mints is valid before it is stored and installed. */
    public IssuerTraits(
            Install install, List<String> slots, boolean probes, boolean reportsUse, Duration statementDeadline) {
        this(install, slots, probes, reportsUse, statementDeadline, false);
    }

    /** An operator who makes and expires values where no program can; {@code probes} as above. */
    public static IssuerTraits operator(boolean probes) {
        return new IssuerTraits(Install.NEVER, List.of(), probes, false, Duration.ZERO, false, true);
    }

    /** Whether somebody stands behind a value, who has to be told that it is valid no more. */
    boolean revokes() {
        return install != Install.NEVER || orphans;
    }

    public IssuerTraits {
        Objects.requireNonNull(install, "install");
        slots = List.copyOf(slots);
        if (slots.size() == 1 || new HashSet<>(slots).size() != slots.size()) {
            throw new IllegalArgumentException("slots are none, or two or more different ones, not " + slots);
        }
        if (statementDeadline.isNegative()) {
            throw new IllegalArgumentException("statement deadline is negative: " + statementDeadline);
        }
        if (provided && (install != Install.NEVER || orphans || !slots.isEmpty())) {
            throw new IllegalArgumentException(
                    "what an operator provides is valid already: it is not installed, has no slots and no orphans");
        }
    }
}
