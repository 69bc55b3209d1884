package dev.slipring.examples.cli;

import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.rotation.UseReport;
import java.util.Collection;

/** An issuer with which everything goes well. */
record Obliging(IssuerTraits traits) implements SecretIssuer {
    @Override
    public SecretValue mint(Issuance issuance, Collection<SecretValue> existing) {
        return RandomIssuer.bytes(32).mint(issuance, existing);
    }

    @Override
    public void install(Issuance issuance, SecretValue value) {}

    @Override
    public ProbeVerdict probe(Issuance issuance, SecretValue value) {
        return ProbeVerdict.ALIVE;
    }

    @Override
    public void revoke(Issuance issuance) {}

    @Override
    public UseReport use(Issuance issuance) {
        return UseReport.UNKNOWN;
    }
}
