package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo both ways: rotating loses nothing, and the measurement sees a loss when there is one. */
final class DemoTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    @Test
    void demo_underTheRules_losesNothing() throws Exception {
        int code = demo("--short");

        assertThat(err.toString(UTF_8)).isEmpty();
        assertThat(table("failed requests")).isZero();
        assertThat(table("sessions lost")).isZero();
        assertThat(table("failed checkouts")).isZero();
        assertThat(table("killed transactions")).isZero();
        assertThat(table("failed API calls")).isZero();
        assertThat(table("API calls answered by 429 or 500")).isPositive();
        assertThat(table("rotations completed")).isEqualTo(4);
        assertThat(table("requests")).isPositive();
        assertThat(out.toString(UTF_8)).contains("v1 before, v2 after, 1 revoked", "Nothing was lost.");
        assertThat(code).isEqualTo(Demo.CLEAN);
        assertThat(Files.readString(report())).contains("Nothing was lost.", "<svg");
    }

    @Test
    void demo_thatLiesToTheLibrary_reportsWhatIsLost() throws Exception {
        int code = demo("--short", "--break");

        assertThat(table("sessions lost")).isPositive();
        assertThat(table("failed checkouts")).isPositive();
        assertThat(table("failed API calls")).isPositive();
        assertThat(out.toString(UTF_8)).contains("LOST: ");
        assertThat(code).isEqualTo(Demo.LOST);
        assertThat(Files.readString(report())).contains("Lost: ");
    }

    private int demo(String... options) {
        String[] all = new String[options.length + 2];
        System.arraycopy(options, 0, all, 0, options.length);
        all[options.length] = "--report";
        all[options.length + 1] = report().toString();
        return new Demo(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), false).run(all);
    }

    private Path report() {
        return directory.resolve("report.html");
    }

    /** The first number of a row of the printed table. */
    private long table(String label) {
        Matcher row =
                Pattern.compile("(?m)^" + label + " {2,}(\\d+(?: \\d{3})*)").matcher(out.toString(UTF_8));
        assertThat(row.find()).as("row %s in%n%s", label, out.toString(UTF_8)).isTrue();
        return Long.parseLong(row.group(1).replace(" ", ""));
    }
}
