package dev.slipring.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class DemoOptionsTest {

    @Test
    void parse_nothing_asksForTheFullRunAlone() {
        DemoOptions options = DemoOptions.parse();

        assertThat(options.brief() || options.broken() || options.serve() || options.help())
                .isFalse();
        assertThat(options.store()).isEqualTo(StorePlace.TEMPORARY);
        assertThat(options.jdbcUrl()).isEmpty();
        assertThat(options.report().getFileName()).hasToString("slipring-demo.html");
        assertThat(options.timing().byLetter()).isEmpty();
    }

    @Test
    void parse_everyOption_isUnderstood() {
        DemoOptions options = DemoOptions.parse(
                "--short",
                "--break",
                "--serve",
                "--store",
                "file:s",
                "--jdbc-url=jdbc:x?a=b",
                "--jdbc-user",
                "u",
                "--report",
                "r.html");

        assertThat(options.brief() && options.broken() && options.serve()).isTrue();
        assertThat(options.store()).isEqualTo(new StorePlace(StorePlace.Kind.FILE, Optional.of(Path.of("s"))));
        assertThat(options.jdbcUrl()).isEqualTo(Optional.of("jdbc:x?a=b"));
        assertThat(options.jdbcUser()).isEqualTo("u");
        assertThat(options.report()).isEqualTo(Path.of("r.html"));
    }

    @Test
    void parse_kindsOfStores_areUnderstood() {
        assertThat(DemoOptions.parse("--store=jdbc").store().kind()).isEqualTo(StorePlace.Kind.JDBC);
        assertThat(DemoOptions.parse("--store", "vault").store().kind()).isEqualTo(StorePlace.Kind.VAULT);
        assertThat(DemoOptions.parse("--store=aws").store().kind()).isEqualTo(StorePlace.Kind.AWS);
        assertThat(DemoOptions.parse("--store", "file").store()).isEqualTo(StorePlace.TEMPORARY);
    }

    @Test
    void parse_help_isUnderstood() {
        assertThat(DemoOptions.parse("--help").help()).isTrue();
        assertThat(DemoOptions.parse("-h").help()).isTrue();
    }

    @Test
    void parse_durations_takeUnitsAndTheLastOneWins() {
        DemoOptions options = DemoOptions.parse("--policy", "P=4s,O=12500ms", "--policy=D=0.75s", "--overlap", "15.5");

        assertThat(options.timing().byLetter())
                .isEqualTo(Map.of(
                        "P", Duration.ofSeconds(4), "D", Duration.ofMillis(750), "O", Duration.ofMillis(15_500)));
    }

    @Test
    void parse_whatCannotBeUnderstood_saysWhat() {
        assertRefused("unknown option --fast", "--fast");
        assertRefused("unknown option fast", "fast");
        assertRefused("unknown option --fast", "--fast=1");
        assertRefused("option --store needs a value", "--store");
        assertRefused("option --store: s3 is none of file, jdbc, vault, aws, file:DIR", "--store", "s3");
        assertRefused("option --short takes no value", "--short=yes");
        assertRefused("\"Q=1s\" is not a duration", "--policy", "Q=1s");
        assertRefused("\"O=-1\" is not a duration", "--overlap", "-1");
        assertRefused("\"O=soon\" is not a duration", "--overlap", "soon");
    }

    private static void assertRefused(String message, String... arguments) {
        assertThatExceptionOfType(CannotRunException.class)
                .isThrownBy(() -> DemoOptions.parse(arguments))
                .withMessageContaining(message);
    }
}
