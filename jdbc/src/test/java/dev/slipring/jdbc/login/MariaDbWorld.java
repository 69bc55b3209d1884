package dev.slipring.jdbc.login;

import dev.slipring.jdbc.MariaDbServer;
import dev.slipring.keyring.SecretName;
import dev.slipring.rotation.Issuance;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/** A secret in the real MariaDB, whose rotator is what the set-up made. */
record MariaDbWorld(
        String stem, ConnectionSource admin, BiFunction<ConnectionSource, String, LoginIssuer.Builder> strategy)
        implements LoginIssuerContract.World {
    private static final AtomicInteger STEMS = new AtomicInteger();

    static MariaDbWorld of(BiFunction<ConnectionSource, String, LoginIssuer.Builder> strategy) throws SQLException {
        String stem = "mw" + STEMS.incrementAndGet();
        String rotator = stem + "_rotator";
        MariaDbServer.script(
                strategy.apply(() -> null, stem).rotator(rotator).build().setupSql());
        MariaDbServer.execute("ALTER USER " + rotator + " IDENTIFIED BY 'rotator' ACCOUNT UNLOCK");
        for (String privileged : List.of(stem, stem + "_role")) {
            if (!MariaDbServer.query("SELECT 1 FROM mysql.global_priv WHERE User = '" + privileged + "'")
                    .isEmpty()) {
                MariaDbServer.execute("GRANT SELECT ON test.* TO " + privileged);
            }
        }
        return new MariaDbWorld(stem, () -> connect(rotator, "rotator"), strategy);
    }

    @Override
    public LoginIssuer issuer(ConnectionSource source) {
        return strategy.apply(source, stem)
                .loginTest(Connector.of(MariaDbServer.url()))
                .build();
    }

    /** A version has the slot that its predecessors have left free in the stories that are told. */
    @Override
    public Issuance version(int number) {
        List<String> slots = issuer(admin).traits().slots();
        Optional<String> slot = slots.isEmpty() ? Optional.empty() : Optional.of(slots.get(number % 3 == 2 ? 1 : 0));
        return new Issuance(SecretName.of(stem), number, slot, "rot" + number, number, 1);
    }

    @Override
    public Connection connect(Login login) throws SQLException {
        return Connector.of(MariaDbServer.url()).connect(login);
    }

    private static Connection connect(String user, String password) throws SQLException {
        return Connector.of(MariaDbServer.url().replace("/test", "/"))
                .connect(Login.of(user, password.getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    }
}
