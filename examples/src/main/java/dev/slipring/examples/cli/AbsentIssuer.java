package dev.slipring.examples.cli;

import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.rotation.UseReport;
import java.util.Collection;

/**
 * Stands in for the issuer that the application has and this process has not: it can do nothing.
 *
 * @param traits what the real one is like
 */
record AbsentIssuer(IssuerTraits traits) implements SecretIssuer {
    @Override
    public String name() {
        return "the application's";
    }

    @Override
    public SecretValue mint(Issuance issuance, Collection<SecretValue> existing) {
        throw absent(issuance);
    }

    @Override
    public void install(Issuance issuance, SecretValue value) {
        throw absent(issuance);
    }

    @Override
    public ProbeVerdict probe(Issuance issuance, SecretValue value) {
        return ProbeVerdict.INCONCLUSIVE;
    }

    @Override
    public void revoke(Issuance issuance) {
        throw absent(issuance);
    }

    @Override
    public UseReport use(Issuance issuance) {
        return UseReport.UNKNOWN;
    }

    private static IssuerException absent(Issuance issuance) {
        return new IssuerException("secret " + issuance.secret() + ": its issuer is in the application, not here");
    }
}
