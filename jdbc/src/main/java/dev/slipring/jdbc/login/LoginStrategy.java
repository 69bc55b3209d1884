package dev.slipring.jdbc.login;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.UseReport;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/**
 * One way to make logins valid and invalid in one kind of database. Every method has the same effect when it is
 * repeated, after a crash at any statement too. Implementations are thread-safe. An {@link IssuerException} says why
 * something is refused; a {@link SQLException} is the database's and not fit to be shown yet.
 */
interface LoginStrategy {
    /** What the protocol must know, given whether logins can be tried. */
    IssuerTraits traits(boolean probes);

    /** Who logs in with the version. */
    String user(Issuance issuance);

    /** Makes the login of that user valid; refuses what was revoked and what is somebody else's. */
    void install(Issuance issuance, Login login) throws SQLException;

    void revoke(Issuance issuance) throws SQLException;

    /** Whether a refusal that may have many reasons has this one: the version was revoked here. */
    default boolean isRevoked(Issuance issuance) throws SQLException {
        return false;
    }

    /** Asked only where the traits say that use is reported. */
    default UseReport use(Issuance issuance) throws SQLException {
        return UseReport.UNKNOWN;
    }

    /** Retires what is {@code secret}'s, is not of a later version than those named, and not one to be kept. */
    default void sweep(SecretName secret, Collection<SecretVersion> named) throws SQLException {}

    /** Takes away what is left of a version that was revoked. */
    default void dispose(Issuance issuance) throws SQLException {}

    String setupSql();

    /** What is not in place of the set-up, each in a few words; empty if all is. */
    List<String> missing() throws SQLException;
}
