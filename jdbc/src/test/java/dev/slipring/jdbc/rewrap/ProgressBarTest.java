package dev.slipring.jdbc.rewrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, UTF_8);

    @Test
    void accept_onATerminal_rewritesOneLineAndEndsIt() {
        ProgressBar bar = new ProgressBar(out, true);
        bar.accept(RewrapProgress.begin(8).plus(1, 1, 1, 1));
        bar.accept(RewrapProgress.begin(8).plus(9, 0, 0, 0));
        assertThat(written.toString(UTF_8)).doesNotContain("\n");
        bar.accept(RewrapProgress.begin(0).atTheEnd());
        assertThat(written.toString(UTF_8).split("\r"))
                .satisfiesExactly(
                        none -> assertThat(none).isEmpty(),
                        half -> assertThat(half)
                                .startsWith("[" + "#".repeat(20) + ".".repeat(20)
                                        + "]  50 %  4 of 8 cells, 1 changed, 1 refused, 1 overtaken"),
                        more -> assertThat(more).startsWith("[" + "#".repeat(40) + "] 100 %  9 of 8 cells"),
                        end -> assertThat(end)
                                .startsWith("[" + "#".repeat(40) + "] 100 %  0 of 0")
                                .endsWith("\n"));
    }

    @Test
    void accept_elsewhere_printsNothing() {
        new ProgressBar(out, false).accept(RewrapProgress.begin(8));
        assertThat(written.size()).isZero();
    }
}
