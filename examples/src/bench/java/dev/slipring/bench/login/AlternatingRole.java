package dev.slipring.bench.login;

import dev.slipring.jdbc.login.Connector;
import dev.slipring.jdbc.login.Login;
import dev.slipring.jdbc.login.LoginIssuer;
import dev.slipring.jdbc.login.PostgresLogins;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Issuance;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Two logins of one owner that take turns, installed and revoked by hand in the order of the protocol. All contenders
 * rotate by it. Not thread-safe.
 */
final class AlternatingRole {
    private static final int CONNECTION_LIMIT = 60;

    private final LoginServer server;
    private final String stem;
    private final LoginIssuer issuer;
    private int version;
    private SecretValue value;

    /** Makes the roles and a table of their owner. */
    AlternatingRole(LoginServer server, String stem) throws SQLException {
        this.server = server;
        this.stem = stem;
        String owner = stem + "_owner";
        String rotator = stem + "_rotator";
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        String password = HexFormat.of().formatHex(random);
        server.execute(PostgresLogins.alternating(server::superuser, owner)
                .rotator(rotator)
                .build()
                .setupSql());
        server.execute("ALTER ROLE " + rotator + " PASSWORD '" + password + "'");
        server.execute("CREATE SCHEMA " + stem + " AUTHORIZATION " + owner);
        server.execute("CREATE TABLE " + table() + " (thread int PRIMARY KEY, number bigint);" + "ALTER TABLE "
                + table() + " OWNER TO " + owner);
        issuer = PostgresLogins.alternating(() -> server.connect(rotator, password), owner)
                .connectionLimit(CONNECTION_LIMIT)
                .loginTest(Connector.of(server.adminUrl()))
                .build();
        next();
    }

    String stem() {
        return stem;
    }

    String table() {
        return stem + ".work";
    }

    /** The login that was installed last, which the caller wipes. */
    Login current() {
        return Login.parse(value);
    }

    /** The same, encoded. */
    byte[] encoded() {
        return value.copyBytes();
    }

    /** Mints and installs the next login; the one before still works. */
    void next() {
        version++;
        value = issuer.mint(issuance(version), List.of());
        issuer.install(issuance(version), value);
    }

    /** How many sessions there are of the login before {@link #current()}. */
    int replacedSessions() throws SQLException {
        return server.count("SELECT count(*) FROM pg_stat_activity WHERE usename = '" + slot(version - 1) + "'");
    }

    /** Takes the right to log in from the login before {@link #current()}; its sessions live on. */
    void revokePrevious() {
        issuer.revoke(issuance(version - 1));
    }

    private String slot(int number) {
        return stem + (number % 2 == 1 ? "_a" : "_b");
    }

    private Issuance issuance(int number) {
        return new Issuance(SecretName.of(stem + "-db"), number, Optional.of(slot(number)), "r" + number, number, 1);
    }
}
