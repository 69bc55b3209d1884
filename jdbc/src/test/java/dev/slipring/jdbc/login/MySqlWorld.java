package dev.slipring.jdbc.login;

import dev.slipring.keyring.SecretName;
import dev.slipring.rotation.Issuance;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A secret in a script of MySQL. */
record MySqlWorld(ScriptedMySql server, Function<ConnectionSource, LoginIssuer.Builder> strategy)
        implements LoginIssuerContract.World {
    static MySqlWorld of(Function<ConnectionSource, LoginIssuer.Builder> strategy) {
        ScriptedMySql server = new ScriptedMySql();
        server.offer("app@%");
        return new MySqlWorld(server, strategy);
    }

    @Override
    public ConnectionSource admin() {
        return server;
    }

    @Override
    public LoginIssuer issuer(ConnectionSource source) {
        return strategy.apply(source).loginTest(server::connect).build();
    }

    @Override
    public Issuance version(int number) {
        List<String> slots = issuer(server).traits().slots();
        return new Issuance(
                SecretName.of("my"),
                number,
                Optional.of(slots.get(number % 3 == 2 ? 1 : 0)),
                "rot" + number,
                number,
                1);
    }

    @Override
    public Connection connect(Login login) throws SQLException {
        return server.connect(login);
    }
}
