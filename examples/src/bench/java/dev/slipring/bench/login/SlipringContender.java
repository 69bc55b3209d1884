package dev.slipring.bench.login;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.slipring.jdbc.ClientState;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.jdbc.hikari.HikariRotation;
import dev.slipring.jdbc.login.Login;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.time.Instant;
import javax.sql.DataSource;

/** {@code RotatingDataSource} over HikariCP, with its usual options. */
final class SlipringContender implements Contender {
    private final FakeSecret secret;
    private final RotatingDataSource source;
    private int version = 1;

    private SlipringContender(FakeSecret secret, RotatingDataSource source) {
        this.secret = secret;
        this.source = source;
    }

    /** New connections have the new login, old ones are replaced one at a time. */
    static Contender inPlace(LoginServer server, AlternatingRole role) {
        FakeSecret secret = secret(role);
        return new SlipringContender(secret, HikariRotation.of(secret.rotating(), Pools.config(server.url())));
    }

    /** The same with a pool that ran before. */
    static Contender adopting(LoginServer server, AlternatingRole role) {
        FakeSecret secret = secret(role);
        Login login = role.current();
        HikariDataSource pool = Pools.pool(server.url(), login);
        login.wipe();
        return new SlipringContender(
                secret, HikariRotation.adopting(secret.rotating(), pool).build());
    }

    /** A pool for each login. */
    static Contender swapping(LoginServer server, AlternatingRole role) {
        FakeSecret secret = secret(role);
        HikariConfig settings = Pools.config(server.url());
        return new SlipringContender(
                secret,
                HikariRotation.swapping(secret.rotating(), () -> settings).build());
    }

    private static FakeSecret secret(AlternatingRole role) {
        return FakeSecret.create(role.stem() + "-db", ManualClock.at(Instant.now()), role.encoded());
    }

    @Override
    public DataSource source() {
        return source;
    }

    @Override
    public void announce(AlternatingRole role) {
        version = secret.publish(role.encoded());
        secret.refresh();
    }

    @Override
    public void follow(AlternatingRole role) {
        secret.promote(version);
        secret.refresh();
    }

    @Override
    public boolean done() {
        return source.state().equals(new ClientState.Stable(version)) && source.draining() == 0;
    }

    @Override
    public void close() {
        source.close();
        secret.close();
    }
}
