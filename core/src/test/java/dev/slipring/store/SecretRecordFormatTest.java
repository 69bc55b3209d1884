package dev.slipring.store;

import static dev.slipring.contract.Records.NAME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.contract.NewerBuild;
import dev.slipring.contract.Records;
import dev.slipring.keyring.Mark;
import dev.slipring.keyring.SecretName;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretRecordFormatTest {
    private static final String PLACE = "/var/lib/slipring/orders/record/7.json";
    private static final String TEXT = SecretRecordFormat.print(Records.full(3));
    private static final String SMALL = SecretRecordFormat.print(Records.at(3, "x"));

    // ---- what can be read

    @Test
    void print_everyFieldSet_isParsedBackEqual() {
        assertThat(parse(TEXT)).isEqualTo(Records.full(3));
        assertThat(parse(SMALL)).isEqualTo(Records.at(3, "x"));
    }

    @Test
    void print_minimalRecord_hasTheFrozenForm() {
        assertThat(SMALL)
                .isEqualTo(
                        "{\"format\":1,\"mustUnderstand\":[],\"secret\":\"orders.db-login\",\"incarnation\":1,\"epoch\":3,"
                                + "\"phase\":\"IDLE\",\"rotation\":{\"id\":\"r1\",\"sequence\":1,\"timing\":{"
                                + "\"P\":\"PT0.000000001S\",\"O\":\"PT1M0.000000002S\",\"W\":\"PT2M0.000000003S\","
                                + "\"R\":\"PT3M0.000000004S\",\"L\":\"PT4M0.000000005S\",\"D\":\"PT5M0.000000006S\","
                                + "\"C\":\"PT6M0.000000007S\",\"A\":\"PT7M0.000000008S\",\"T\":\"PT8M0.000000009S\","
                                + "\"e\":\"PT9M0.00000001S\",\"V\":\"PT10M0.000000011S\",\"X\":\"PT11M0.000000012S\"}},"
                                + "\"versions\":[{\"number\":1,\"rotationId\":\"r1\",\"sequence\":1,\"attempt\":1,"
                                + "\"state\":\"PRIMARY\",\"publishedAt\":\"2030-01-01T00:00:00Z\","
                                + "\"primaryAt\":\"2030-01-01T00:00:00Z\"}],\"ringId\":7,\"lastError\":\"x\"}");
    }

    @Test
    void parse_fieldsInAnotherOrderAndWithWhitespace_isEqual() {
        String spaced =
                SMALL.replace("{\"format\":1,", "{ \n").replace("\"lastError\"", "\t\"format\": 1 ,\r\n \"lastError\"");
        assertThat(parse(spaced)).isEqualTo(Records.at(3, "x"));
    }

    @Test
    void parse_fieldsOfANewerBuild_areKeptAtEachLevel() {
        SecretRecord record = parse(NewerBuild.text(Records.at(3, "x")));
        assertThat(record.extensions()).containsOnlyKeys(NewerBuild.PATHS);
        String rewritten = SecretRecordFormat.print(record.then(Phase.MINTING).failed("again"));
        assertThat(rewritten).contains(NewerBuild.FRAGMENTS);
        assertThat(parse(rewritten).extensions()).isEqualTo(record.extensions());
    }

    @Test
    void parse_newFieldWithinAMark_isKeptAsLongAsTheMark() {
        String marked = TEXT.replace("\"by\":\"anna\"", "\"by\":\"anna\",\"ticket\":\"OPS-7\"");
        SecretRecord record = parse(marked);
        assertThat(SecretRecordFormat.print(record)).contains("\"ticket\":\"OPS-7\"");
        SecretRecord released = record;
        for (int number = 1; number <= 13; number += 2) {
            released = released.with(number, v -> v.held(Optional.empty()));
        }
        assertThat(SecretRecordFormat.print(released)).doesNotContain("ticket");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "/", "~", "~1", "a~0/b", "", "0", "versions/0/state", "\u0000", "rotation/id"})
    void parse_newFieldWithAnOddName_isKept(String name) {
        String field = "\"" + name.replace("\u0000", "\\u0000") + "\":{\"x\":1}";
        for (String where : List.of("{\"format\"", "\"id\":", "\"P\":", "\"number\":")) {
            String text = where.startsWith("{")
                    ? SMALL.replace(where, "{" + field + ",\"format\"")
                    : SMALL.replace(where, field + "," + where);
            SecretRecord record = parse(text);
            String rewritten = SecretRecordFormat.print(record.then(Phase.MINTING));
            assertThat(rewritten).contains(field);
            assertThat(parse(rewritten).extensions()).isEqualTo(record.extensions());
        }
    }

    @Test
    void print_textLongerThanAnyReaderTakes_isRefusedInsteadOfWritten() {
        Mark mark = new Mark(Records.START, "anna", "x".repeat(70_000));
        SecretRecord record = Records.at(3, "x").with(1, v -> v.held(Optional.of(mark)));
        assertThatThrownBy(() -> SecretRecordFormat.print(record))
                .isInstanceOf(UnusableRecordException.class)
                .hasMessageContaining(NAME.value());
    }

    // ---- what cannot

    @Test
    void parse_truncatedAtEveryCharacter_isRefused() {
        for (String text : List.of(TEXT, SMALL, NewerBuild.text(Records.at(3, "x")))) {
            for (int length = 0; length < text.length(); length++) {
                assertRefused(text.substring(0, length));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "true",
                "7",
                "\"text\"",
                "[]",
                "{}",
                "{",
                "}",
                "\u0000",
                "\ufeff{}",
                "<xml/>",
                "{'a':1}",
                "NaN",
                "{\"format\":1}",
                "// comment\n{}"
            })
    void parse_garbage_isRefused(String text) {
        assertRefused(text);
    }

    @Test
    void parse_somethingAfterTheRecord_isRefused() {
        for (String tail : List.of("{}", "x", "\u0000", ",", "}", SMALL)) {
            assertRefused(SMALL + tail);
        }
        assertThat(parse(SMALL + " \n")).isEqualTo(Records.at(3, "x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"epoch\":3",
                "\"format\":1",
                "\"phase\":\"IDLE\"",
                "\"ringId\":7",
                "\"number\":1",
                "\"state\":\"PRIMARY\"",
                "\"id\":\"r1\"",
                "\"P\":\"PT0.000000001S\"",
                "\"unknown\":1"
            })
    void parse_duplicateField_isRefused(String field) {
        String text = SMALL.replace("\"unknown\":1", "").replace(field, field + "," + field);
        if (field.startsWith("\"unknown")) {
            text = SMALL.replace("\"ringId\"", field + "," + field + ",\"ringId\"");
        }
        assertThat(assertRefused(text)).containsIgnoringCase("duplicate");
    }

    @Test
    void parse_ofAnotherSecret_isRefusedNamingBoth() {
        assertThatThrownBy(() -> SecretRecordFormat.parse(SecretName.of("other"), SMALL, PLACE))
                .isInstanceOf(UnusableRecordException.class)
                .hasMessageContaining(PLACE)
                .hasMessageContaining("belongs to secret orders.db-login, not to other");
    }

    @Test
    void parse_mustUnderstand_isRefusedNamingIt() {
        String text = SMALL.replace("\"mustUnderstand\":[]", "\"mustUnderstand\":[\"quorum\"],\"quorum\":3");
        assertThat(assertRefused(text)).contains("quorum").contains("this build knows format 1");
        assertRefused(SMALL.replace("\"mustUnderstand\":[]", "\"mustUnderstand\":[null]"));
        assertRefused(SMALL.replace("\"mustUnderstand\":[],", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "2", "-1", "4294967297", "9223372036854775807"})
    void parse_otherFormat_isRefusedNamingIt(String format) {
        assertThat(assertRefused(SMALL.replace("\"format\":1", "\"format\":" + format)))
                .contains("format " + format)
                .contains("this build knows format 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"epoch\":3 | \"epoch\":0",
                "\"epoch\":3 | \"epoch\":-1",
                "\"epoch\":3 | \"epoch\":\"3\"",
                "\"epoch\":3 | \"epoch\":3.0",
                "\"epoch\":3 | \"epoch\":3e0",
                "\"epoch\":3 | \"epoch\":03",
                "\"epoch\":3 | \"epoch\":null",
                "\"epoch\":3 | \"epoch\":true",
                "\"epoch\":3 | \"epoch\":[]",
                "\"epoch\":3 | \"epoch\":9223372036854775808",
                "\"epoch\":3 | \"epoch\":99999999999999999999999999999999999999",
                "\"incarnation\":1 | \"incarnation\":0",
                "\"ringId\":7 | \"ringId\":2147483648",
                "\"ringId\":7 | \"ringId\":-2147483649",
                "\"ringId\":7 | \"x\":1",
                "\"number\":1 | \"number\":0",
                "\"number\":1 | \"number\":4294967297",
                "\"attempt\":1 | \"attempt\":0",
                "\"phase\":\"IDLE\" | \"phase\":\"idle\"",
                "\"phase\":\"IDLE\" | \"phase\":\"PAUSED\"",
                "\"phase\":\"IDLE\" | \"phase\":1",
                "\"state\":\"PRIMARY\" | \"state\":\"ASLEEP\"",
                "\"rotationId\":\"r1\" | \"rotationId\":\"'; drop\"",
                "\"secret\":\"orders.db-login\" | \"secret\":\"../../etc/passwd\"",
                "\"secret\":\"orders.db-login\" | \"secret\":{}",
                "\"R\":\"PT3M0.000000004S\" | \"R\":\"-PT3M\"",
                "\"R\":\"PT3M0.000000004S\" | \"R\":\"3 minutes\"",
                "\"R\":\"PT3M0.000000004S\" | \"R\":\"P99999999999999999999D\"",
                "\"R\":\"PT3M0.000000004S\" | \"R\":180",
                "\"R\":\"PT3M0.000000004S\" | \"r\":\"PT3M\"",
                "\"publishedAt\":\"2030-01-01T00:00:00Z\" | \"publishedAt\":\"2030-02-30T00:00:00Z\"",
                "\"publishedAt\":\"2030-01-01T00:00:00Z\" | \"publishedAt\":\"+9999999999-01-01T00:00:00Z\"",
                "\"publishedAt\":\"2030-01-01T00:00:00Z\" | \"publishedAt\":1893456000",
                "\"publishedAt\":\"2030-01-01T00:00:00Z\" | \"held\":[]",
                "\"publishedAt\":\"2030-01-01T00:00:00Z\" | \"held\":{}",
                "\"publishedAt\":\"2030-01-01T00:00:00Z\" | \"held\":{\"at\":\"2030-01-01T00:00:00Z\",\"by\":\" \",\"reason\":\"x\"}",
                "\"publishedAt\":\"2030-01-01T00:00:00Z\" | \"attributes\":[]",
                "\"publishedAt\":\"2030-01-01T00:00:00Z\" | \"attributes\":{\"user\":null}",
                "\"publishedAt\":\"2030-01-01T00:00:00Z\" | \"attributes\":{\"user\":7}",
                "\"publishedAt\":\"2030-01-01T00:00:00Z\" | \"fingerprint\":7",
                "\"versions\":[ | \"versions\":[null,",
                "\"versions\":[ | \"versions\":[[],",
                "\"versions\":[ | \"versions\":{},\"x\":[",
                "\"mustUnderstand\":[] | \"mustUnderstand\":{}",
                "\"lastError\":\"x\" | \"lastError\":{}",
                "\"lastError\":\"x\" | \"rejectIssuedBefore\":\"yesterday\""
            })
    void parse_wrongKindOrRange_isRefused(String valid, String wrong) {
        assertThat(SMALL).contains(valid);
        assertRefused(SMALL.replace(valid, wrong));
    }

    @Test
    void parse_versionsOutOfOrderOrTwice_isRefused() {
        assertRefused(TEXT.replace("\"number\":3", "\"number\":1"));
        assertRefused(TEXT.replace("\"number\":3", "\"number\":11"));
    }

    @Test
    void parse_boundlessNestingOrText_isRefused() {
        for (String bomb : List.of(
                "[".repeat(100_000),
                "[".repeat(100) + "]".repeat(100),
                "{\"a\":".repeat(100_000),
                "\"" + "x".repeat(70_000) + "\"",
                "1".repeat(100_000))) {
            assertRefused(bomb);
            assertRefused(SMALL.replace("\"ringId\"", "\"x\":" + bomb + ",\"ringId\""));
        }
    }

    @Test
    void message_ofDamagedText_isOneLineAndQuotesNoTextAround() {
        String secretish = "hunter2hunter2";
        String message = assertRefused(SMALL.replace("\"x\"}", "\"" + secretish + "\" ?"));
        assertThat(message).doesNotContain(secretish).doesNotContain("\n");
    }

    @Property(tries = 3000)
    void parse_randomlyChangedText_isReadOrRefusedAndNothingElse(
            @ForAll long seed, @ForAll("snippets") String snippet) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(random.nextBoolean() ? TEXT : SMALL);
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && text.length() > 1; i++) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + random.nextInt(12));
            switch (random.nextInt(4)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, snippet);
                case 2 -> text.replace(at, end, snippet);
                default -> text.setCharAt(at, text.charAt(random.nextInt(text.length())));
            }
        }
        assertReadOrRefused(text.toString());
    }

    @Property(tries = 1000)
    void parse_anyText_isRefused(@ForAll String text) {
        assertRefused(text);
    }

    @Provide
    Arbitrary<String> snippets() {
        return Arbitraries.of(
                "\"",
                "{",
                "}",
                "[",
                "]",
                ",",
                ":",
                "null",
                "-",
                "0",
                "9".repeat(20),
                "1e400",
                "\\",
                "\\u0000",
                "\\ud800",
                "\u0000",
                "\ud83d",
                "true",
                "{}",
                "[]",
                "\"a/b\":1,",
                "\"versions\":[],",
                "PT",
                "Z",
                "PRIMARY",
                "\"number\":1,",
                "\n",
                "/");
    }

    private static void assertReadOrRefused(String text) {
        SecretRecord record;
        try {
            record = parse(text);
        } catch (UnusableRecordException e) {
            assertThat(e.getMessage()).contains(PLACE);
            return;
        }
        assertThat(parse(SecretRecordFormat.print(record))).isEqualTo(record);
    }

    /** Returns the message. */
    private static String assertRefused(String text) {
        try {
            parse(text);
        } catch (UnusableRecordException e) {
            assertThat(e.getMessage()).contains(PLACE);
            return e.getMessage();
        }
        throw new AssertionError("was read: " + text.substring(0, Math.min(200, text.length())));
    }

    private static SecretRecord parse(String text) {
        return SecretRecordFormat.parse(NAME, text, PLACE);
    }
}
