package dev.slipring.jdbc;

import dev.slipring.jdbc.login.Login;
import java.util.function.Function;
import javax.sql.DataSource;

/** A pool with where its connections come from. */
record Supplied(ConnectionPool pool, Supply supply) {
    static Supplied byPool(Function<DataSource, ConnectionPool> making, CredentialedDataSource source) {
        ConnectionPool pool = making.apply(source);
        return new Supplied(pool, new SpareSupply(source, pool));
    }

    static Supplied adopted(SelfConnectingPool pool, CredentialedDataSource source) {
        return new Supplied(pool, new AdoptedSupply(source, pool));
    }

    static Supplied swapped(Function<Login, ConnectionPool> making, CredentialedDataSource source) {
        SwappedPools pools = new SwappedPools(making, source);
        return new Supplied(pools, pools);
    }
}
