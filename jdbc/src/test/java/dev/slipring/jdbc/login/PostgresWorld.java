package dev.slipring.jdbc.login;

import dev.slipring.jdbc.PostgresProcess;
import dev.slipring.keyring.SecretName;
import dev.slipring.rotation.Issuance;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/** A secret in a real PostgreSQL, whose rotator is what the set-up made. */
record PostgresWorld(
        PostgresProcess server,
        String stem,
        ConnectionSource admin,
        BiFunction<ConnectionSource, String, LoginIssuer.Builder> strategy)
        implements LoginIssuerContract.World {
    private static final AtomicInteger STEMS = new AtomicInteger();

    static PostgresWorld of(PostgresProcess server, BiFunction<ConnectionSource, String, LoginIssuer.Builder> strategy)
            throws SQLException {
        String stem = "pw" + STEMS.incrementAndGet();
        String setup = strategy.apply(() -> null, stem)
                .rotator(stem + "_rotator")
                .build()
                .setupSql();
        return new PostgresWorld(server, stem, server.rotator(setup, stem + "_rotator"), strategy);
    }

    @Override
    public LoginIssuer issuer(ConnectionSource source) {
        return strategy.apply(source, stem)
                .loginTest(Connector.of(server.url()))
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
        return Connector.of(server.url()).connect(login);
    }
}
