package dev.slipring.examples;

import com.zaxxer.hikari.HikariPoolMXBean;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.Stamp;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * How a replica stands: per secret what it produces with and accepts and how fresh that is, and its pool. A stale
 * view is a warning and no reason to fail: the replica goes on with what it has.
 *
 * @param replica its name
 * @param secrets what it uses
 * @param dataSource its database
 * @param pool the pool behind it
 */
record Health(String replica, List<RotatingSecret> secrets, RotatingDataSource dataSource, HikariPoolMXBean pool)
        implements Supplier<Reply> {

    @Override
    public Reply get() {
        Json states = new Json();
        secrets.forEach(secret -> states.raw(secret.name().value(), json(secret)));
        boolean stale = secrets.stream().anyMatch(RotatingSecret::stale);
        return Reply.json(
                200,
                new Json()
                        .put("status", stale ? "stale" : "ok")
                        .put("replica", replica)
                        .raw("secrets", states.toString())
                        .raw("pool", json(pool)));
    }

    private static String json(RotatingSecret secret) {
        Keyring keyring = secret.keyring();
        String accepted = keyring.accepted().stream()
                .map(version -> Integer.toString(version.number()))
                .collect(Collectors.joining(",", "[", "]"));
        long age = keyring.primary()
                .version()
                .at(Stamp.PRIMARY)
                .map(since ->
                        Math.max(0, Duration.between(since, keyring.asOf()).toSeconds()))
                .orElse(0L);
        return new Json()
                .put("primary", keyring.primary().number())
                .raw("accepted", accepted)
                .put("epoch", keyring.edition().epoch())
                .put("stale", secret.stale())
                .put("stalenessMillis", secret.staleness().toMillis())
                .put("ageSeconds", age)
                .toString();
    }

    private String json(HikariPoolMXBean now) {
        return new Json()
                .put("login", dataSource.state().toString())
                .put("generation", dataSource.generation())
                .put("active", now.getActiveConnections())
                .put("idle", now.getIdleConnections())
                .put("waiting", now.getThreadsAwaitingConnection())
                .put("total", now.getTotalConnections())
                .toString();
    }
}
