package dev.slipring.bench.login;

import com.zaxxer.hikari.HikariDataSource;
import io.agroal.api.AgroalDataSource;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Stream;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/** Where, when and with what a report was made. Not thread-safe. */
final class RunFacts {
    private static final String COMMAND = "./mvnw -q -Dquick -Pbench -pl examples -am verify -Dreport=login-rotation";

    private final OffsetDateTime started = OffsetDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS);
    private final double loadAtStart = load();
    private String database = "";

    private RunFacts() {}

    static RunFacts atStart() {
        return new RunFacts();
    }

    void database(String version) {
        database = version;
    }

    /** The head of the report; the load at the end is that of now. */
    String text() {
        return String.format(
                Locale.ROOT,
                """
                Rotating a database login: what it costs, Slipring and peers side by side in one run

                command     %s
                begun       %s
                JDK         %s %s
                CPU         %s, %d cores
                load        %.2f at the start, %.2f at the end (one-minute average)
                database    PostgreSQL %s on the same machine, fsync off; pgjdbc %s
                peers       HikariCP %s, Agroal %s, Spring JDBC %s, AWS Secrets Manager JDBC %s
                """,
                COMMAND,
                started,
                System.getProperty("java.vm.name"),
                Runtime.version(),
                cpu(),
                Runtime.getRuntime().availableProcessors(),
                loadAtStart,
                load(),
                database,
                org.postgresql.Driver.class.getPackage().getImplementationVersion(),
                maven("com.zaxxer/HikariCP", HikariDataSource.class),
                maven("io.agroal/agroal-api", AgroalDataSource.class),
                AbstractRoutingDataSource.class.getPackage().getImplementationVersion(),
                maven(
                        "com.amazonaws.secretsmanager/aws-secretsmanager-jdbc",
                        com.amazonaws.secretsmanager.sql.AWSSecretsManagerPostgreSQLDriver.class));
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static String maven(String artifact, Class<?> type) {
        Properties properties = new Properties();
        try (InputStream in = type.getResourceAsStream("/META-INF/maven/" + artifact + "/pom.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            return "?";
        }
        return properties.getProperty("version", "?");
    }

    private static String cpu() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }
}
