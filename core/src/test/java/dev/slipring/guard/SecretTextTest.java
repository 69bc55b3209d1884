package dev.slipring.guard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.SecretKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SecretTextTest {
    /** Frozen: what was exported once must be read for ever. */
    @Test
    void text_ofKnownValue_isAsEver() {
        byte[] bytes = new byte[32];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        assertThat(text(SecretKind.SELF, bytes))
                .isEqualTo("slpr_self_ACAAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eH8kFUsM");
        assertThat(text(SecretKind.INBOUND, new byte[] {7})).isEqualTo("slpr_inbound_AAEHCBJjOA");
        assertThat(text(SecretKind.OUTBOUND, "hunter2".getBytes(US_ASCII)))
                .isEqualTo("slpr_outbound_AAdodW50ZXIyUXOAPw");
    }

    @Property
    void parse_ofTextOfAnyValue_givesItBack(@ForAll @Size(min = 1, max = 200) byte[] bytes, @ForAll SecretKind kind) {
        String text = text(kind, bytes);
        assertThat(parse(kind, text)).isEqualTo(bytes);
        assertThat(parse(kind, "  " + text + "\r\n")).isEqualTo(bytes);
        assertThat(SecretText.RULE.matcher("KEY=\"" + text + "\";").find()).isTrue();
    }

    @Test
    void parse_ofLongestValue_givesItBack() {
        byte[] bytes = new byte[SecretValue.MAX_LENGTH];
        new Random(1).nextBytes(bytes);
        assertThat(parse(SecretKind.SELF, text(SecretKind.SELF, bytes))).isEqualTo(bytes);
    }

    @Property
    void slip_inOneCharacter_isFound(
            @ForAll @Size(min = 1, max = 64) byte[] bytes, @ForAll @IntRange(max = 200) int at, @ForAll char typed) {
        String text = text(SecretKind.SELF, bytes);
        StringBuilder slipped = new StringBuilder(text);
        int index = at % text.length();
        slipped.setCharAt(index, (char) ('!' + typed % 94));
        if (!slipped.toString().equals(text)) {
            assertRefused(SecretKind.SELF, slipped.toString());
        }
    }

    @Property
    void neighbours_swapped_areFound(
            @ForAll @Size(min = 1, max = 64) byte[] bytes, @ForAll @IntRange(max = 200) int at) {
        char[] text = text(SecretKind.SELF, bytes).toCharArray();
        int index = at % (text.length - 1);
        if (text[index] != text[index + 1]) {
            char first = text[index];
            text[index] = text[index + 1];
            text[index + 1] = first;
            assertRefused(SecretKind.SELF, new String(text));
        }
    }

    @Property(tries = 300)
    void text_cutAnywhere_isSaidToBeCutOff(@ForAll @Size(min = 1, max = 40) byte[] bytes) {
        String text = text(SecretKind.SELF, bytes);
        for (int length = "slpr_self_".length(); length < text.length(); length++) {
            String cut = text.substring(0, length);
            assertThatThrownBy(() -> parse(SecretKind.SELF, cut)).hasMessageContaining("is cut off");
        }
    }

    @Test
    void refusals_sayWhatIsWrong_andQuoteNothing() {
        String text = text(SecretKind.SELF, "hunter2-hunter2-hunter2-hunter2-".getBytes(US_ASCII));
        assertMessage(SecretKind.OUTBOUND, text, "the text is of kind self where kind outbound is needed");
        assertMessage(SecretKind.SELF, text + "A", "the text goes on after its end");
        assertMessage(SecretKind.SELF, text.substring(0, 30), "the text is cut off");
        assertMessage(SecretKind.SELF, text.replace("h", "g"), "the text is mistyped: its checksum does not fit");
        assertMessage(SecretKind.SELF, text.substring(0, 40) + "*" + text.substring(41), "the text is mistyped");
        assertMessage(
                SecretKind.SELF, "hunter2", "is not that of an exported secret: it does not begin with slpr_self_");
        assertMessage(SecretKind.SELF, "", "is not that of an exported secret");
        assertMessage(SecretKind.SELF, "slpr_self_", "the text is cut off");
        assertMessage(SecretKind.SELF, "slpr_self_AAAAAAAA", "mistyped"); // no bytes
    }

    @Test
    void rule_inTextWithoutSecrets_findsNothing() throws IOException {
        List<String> innocent = List.of(
                "slpr_",
                "slpr_self_",
                "the slpr_self_ prefix",
                "slpr_other_AAAAAAAAAAAAAAAA",
                "xslpr_self_AAAAAAAAAAAAAAAA",
                "s1.dXNlcg.AAAA",
                "ghp_AAAAAAAAAAAAAAAAAAAAAAAA",
                "SLPR_SELF_AAAAAAAAAAAAAAAA");
        assertThat(innocent).noneMatch(text -> SecretText.RULE.matcher(text).find());
        try (Stream<Path> sources = Files.walk(Path.of("src", "main"))) {
            for (Path source : sources.filter(Files::isRegularFile).toList()) {
                assertThat(SecretText.RULE.matcher(Files.readString(source)).find())
                        .as(source.toString())
                        .isFalse();
            }
        }
    }

    private static void assertMessage(SecretKind kind, String text, String message) {
        assertThatThrownBy(() -> parse(kind, text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("hunter2")
                .hasNoCause();
    }

    private static void assertRefused(SecretKind kind, String text) {
        assertThatThrownBy(() -> parse(kind, text)).isInstanceOf(IllegalArgumentException.class);
    }

    private static String text(SecretKind kind, byte[] bytes) {
        return new String(SecretText.revealAsText(kind, SecretValue.copyOf(bytes)), US_ASCII);
    }

    private static byte[] parse(SecretKind kind, String text) {
        return SecretText.parse(kind, text.getBytes(US_ASCII)).copyBytes();
    }
}
