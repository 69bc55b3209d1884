package dev.slipring.bench.login;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.slipring.jdbc.agroal.AgroalRotation;
import dev.slipring.jdbc.hikari.HikariRotation;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/**
 * What it costs to borrow a connection and to give it back, over a driver that does nothing: the pool alone is the
 * baseline, Spring's routing {@code DataSource} the peer. In a drain the borrowed connection is of the old login and
 * stays. Only ratios within one run say anything.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 2,
        jvmArgs = {"-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class CheckoutBenchmark {
    private static final int POOL = 10;

    /** Whom connections are borrowed from. */
    @Param({"hikari", "spring", "stable", "draining", "agroal", "agroalStable", "agroalDraining"})
    public String from;

    private DataSource source;
    private AutoCloseable owner;

    /** Fills the pool. */
    @Setup
    public void setUp() throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
        switch (from) {
            case "hikari", "spring" -> {
                HikariDataSource pool = new HikariDataSource(hikari());
                owner = pool;
                source = from.equals("spring") ? routing(pool) : pool;
            }
            case "agroal" -> {
                AgroalDataSource pool = AgroalDataSource.from(agroal());
                owner = pool;
                source = pool;
            }
            default -> {
                StubLogin login = new StubLogin(
                        from.startsWith("agroal")
                                ? secret -> AgroalRotation.builder(secret.rotating(), agroal().get())
                                : secret -> HikariRotation.builder(secret.rotating(), hikari()));
                owner = login;
                source = login.source();
                if (from.endsWith("raining")) {
                    login.drain(POOL);
                }
            }
        }
    }

    /** Closes the pool. */
    @TearDown
    public void tearDown() throws Exception {
        owner.close();
    }

    /** Borrows and gives back. */
    @Benchmark
    public Connection checkout() throws SQLException {
        Connection connection = source.getConnection();
        connection.close();
        return connection;
    }

    /** The same in two threads, each of which keeps to a connection as long as the pool lets it. */
    @Benchmark
    @Threads(2)
    public Connection checkoutByTwo() throws SQLException {
        return checkout();
    }

    private static HikariConfig hikari() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(StubDriver.url());
        config.setMaximumPoolSize(POOL);
        return config;
    }

    private static AgroalDataSourceConfigurationSupplier agroal() {
        return new AgroalDataSourceConfigurationSupplier()
                .connectionPoolConfiguration(pool -> pool.maxSize(POOL)
                        .connectionFactoryConfiguration(factory -> factory.jdbcUrl(StubDriver.url())));
    }

    private static DataSource routing(DataSource pool) {
        AbstractRoutingDataSource routing = new AbstractRoutingDataSource() {
            @Override
            protected Object determineCurrentLookupKey() {
                return "primary";
            }
        };
        routing.setTargetDataSources(Map.of("primary", pool));
        routing.afterPropertiesSet();
        return routing;
    }
}
