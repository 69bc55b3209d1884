package dev.slipring.guard;

import dev.slipring.keyring.SlipringException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A secret was not taken into use, since its value should not be used: replace the value, or tolerate it by
 * {@link GuardRails.Builder#tolerating} until a rotation has replaced it.
 */
public final class SecretRefusedException extends SlipringException {
    private static final long serialVersionUID = 1L;

    private final transient List<GuardFinding> findings;

    /** The refusal of one secret for these reasons, at least one. */
    public SecretRefusedException(List<GuardFinding> findings) {
        super(
                "secret " + findings.get(0).secret() + " is refused: "
                        + findings.stream().map(GuardFinding::toString).collect(Collectors.joining("; ")),
                null);
        this.findings = List.copyOf(findings);
    }

    /** Why. */
    public List<GuardFinding> findings() {
        return findings;
    }
}
