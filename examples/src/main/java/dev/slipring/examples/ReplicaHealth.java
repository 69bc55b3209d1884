package dev.slipring.examples;

import com.zaxxer.hikari.HikariPoolMXBean;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.observe.Health;
import java.util.function.Supplier;

/**
 * How a replica stands: its secrets, as {@link dev.slipring.Slipring#health()} tells, and its pool. As text for who asks
 * for text, as JSON otherwise. The status is that of a readiness probe: 503 if some secret may not be produced with,
 * which under the policies of the demo an outage of the store alone does not bring about.
 *
 * @param replica its name
 * @param secrets how they stand now
 * @param pool how its pool stands now
 */
record ReplicaHealth(String replica, Supplier<Health> secrets, Supplier<Json> pool) {

    /** The health of a replica that uses {@code dataSource}, with {@code pool} behind it. */
    static ReplicaHealth of(
            String replica, Supplier<Health> secrets, RotatingDataSource dataSource, HikariPoolMXBean pool) {
        return new ReplicaHealth(replica, secrets, () -> state(dataSource, pool));
    }

    /** The answer to a request whose header Accept is {@code accept}. */
    Reply reply(String accept) {
        Health health = secrets.get();
        int status = health.produces() ? 200 : 503;
        if (accept.startsWith("text/")) {
            return Reply.text(status, replica + " " + health + System.lineSeparator());
        }
        return Reply.json(
                status,
                new Json()
                        .put("replica", replica)
                        .raw("health", health.json())
                        .raw("pool", pool.get().toString()));
    }

    private static Json state(RotatingDataSource dataSource, HikariPoolMXBean pool) {
        return new Json()
                .put("login", dataSource.state().toString())
                .put("generation", dataSource.generation())
                .put("active", pool.getActiveConnections())
                .put("idle", pool.getIdleConnections())
                .put("waiting", pool.getThreadsAwaitingConnection())
                .put("total", pool.getTotalConnections());
    }
}
