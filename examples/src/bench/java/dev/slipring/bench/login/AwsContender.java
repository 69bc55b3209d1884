package dev.slipring.bench.login;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;

/**
 * HikariCP over the AWS Secrets Manager JDBC driver. It learns of a new login when the old one is refused; until then
 * its connections stay as they are. The eager variant evicts them once the old login is revoked.
 */
final class AwsContender implements Contender {
    private final SecretsDouble secrets;
    private final String id;
    private final boolean eager;
    private final HikariDataSource pool;

    /** @param id of a secret that the driver has never seen: it caches what it reads */
    AwsContender(LoginServer server, AlternatingRole role, SecretsDouble secrets, String id, boolean eager) {
        this.secrets = secrets;
        this.id = id;
        this.eager = eager;
        secrets.put(id, role);
        HikariConfig config = Pools.config("jdbc-secretsmanager:postgresql:" + server.location());
        config.setDriverClassName("com.amazonaws.secretsmanager.sql.AWSSecretsManagerPostgreSQLDriver");
        config.setUsername(id);
        pool = new HikariDataSource(config);
    }

    @Override
    public DataSource source() {
        return pool;
    }

    @Override
    public void follow(AlternatingRole role) {
        secrets.put(id, role);
    }

    @Override
    public boolean done() {
        return false;
    }

    @Override
    public void revoked() {
        if (eager) {
            pool.getHikariPoolMXBean().softEvictConnections();
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
