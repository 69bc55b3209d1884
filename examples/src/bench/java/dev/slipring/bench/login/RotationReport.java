package dev.slipring.bench.login;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Shows what a rotation of the database login costs, with Slipring and with its peers in the same run: writes the
 * report to the file that is its argument and prints it. Takes about six minutes. Only ratios within one run say
 * anything.
 */
public final class RotationReport {
    private static final String ROUNDS = "3";

    private RotationReport() {}

    /**
     * Makes the report.
     *
     * @param arguments the file, and how many rounds, three unless told
     */
    public static void main(String[] arguments) throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
        System.setProperty("jmh.ignoreLock", "true"); // the load averages tell whether others were busy
        Path file = Path.of(arguments[0]);
        int rounds = Integer.parseInt(arguments.length > 1 ? arguments[1] : ROUNDS);
        RunFacts facts = RunFacts.atStart();
        StringBuilder tables = new StringBuilder();
        try (LoginServer server = LoginServer.start();
                SecretsDouble secrets = new SecretsDouble()) {
            facts.database(server.version());
            List<Column> columns = columns(server, secrets);
            for (Column column : columns) {
                column.warmUp();
            }
            for (int round = 1; round <= rounds; round++) {
                for (Column column : columns) {
                    column.play(round);
                    System.out.println("round " + round + ": " + column.name());
                }
            }
            tables.append(new RotationTable(columns, rounds).text());
        }
        write(file, facts.text() + "\n" + tables); // should the rest fail
        tables.append('\n').append(CheckoutTable.measured().text());
        write(file, facts.text() + "\n" + tables);
        System.out.println(Files.readString(file));
        System.exit(0); // the clients of AWS keep threads
    }

    private static List<Column> columns(LoginServer server, SecretsDouble secrets) throws Exception {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("Slipring in place", server, "inplace", (s, r, n) -> SlipringContender.inPlace(s, r)));
        columns.add(new Column("Slipring adopting", server, "adopting", (s, r, n) -> SlipringContender.adopting(s, r)));
        columns.add(new Column("Slipring swapping", server, "swapping", (s, r, n) -> SlipringContender.swapping(s, r)));
        columns.add(new Column("HikariCP recipe", server, "recipe", (s, r, n) -> new RecipeContender(s, r)));
        columns.add(new Column("swap, close at once", server, "abrupt", (s, r, n) -> new SwapContender(s, r, false)));
        columns.add(new Column("swap, close when idle", server, "gentle", (s, r, n) -> new SwapContender(s, r, true)));
        columns.add(new Column(
                "AWS driver", server, "aws", (s, r, n) -> new AwsContender(s, r, secrets, "aws-" + n, false)));
        columns.add(new Column(
                "AWS driver, evicting",
                server,
                "eager",
                (s, r, n) -> new AwsContender(s, r, secrets, "eager-" + n, true)));
        return columns;
    }

    private static void write(Path file, String report) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, report);
    }
}
