package dev.slipring.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretNameTest {
    private static final Pattern HARMLESS = Pattern.compile("[a-z0-9][a-z0-9._-]*");

    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "session-key", "orders.db_login", "a..b", "a-", "a."})
    void of_legalName_isTaken(String name) {
        assertThat(SecretName.of(name).value()).isEqualTo(name);
        assertThat(SecretName.of(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../a",
                "a/../b",
                "/etc/passwd",
                "a/b",
                "a\\b",
                "-rf",
                "_a",
                ".a",
                "A",
                "aB",
                "a b",
                " a",
                "a ",
                "a\n",
                "\na",
                "a\r\nb",
                "a\tb",
                "a\u0000",
                "a\u0000.json",
                "a\u202eb",
                "\u0430",
                "é",
                "a%2fb",
                "a:b",
                "a;drop",
                "a'b",
                "a\"b",
                "a*",
                "${a}",
                "~",
                "ａ",
                "ı",
                "٣"
            })
    void of_hostileName_isRefused(String name) {
        assertThatThrownBy(() -> SecretName.of(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void of_lengthAtAndOverTheLimit_isTakenAndRefused() {
        assertThat(SecretName.of("a".repeat(64)).value()).hasSize(64);
        assertThatThrownBy(() -> SecretName.of("a".repeat(65))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void of_null_isRefused() {
        assertThatThrownBy(() -> SecretName.of(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void message_ofAHugeNameWithControlCharacters_isOneShortLine() {
        assertThatThrownBy(() -> SecretName.of("a\r\nFATAL\u001b[31m" + "x".repeat(100_000)))
                .hasMessageMatching("\\P{Cntrl}{1,250}");
    }

    @Test
    void compareTo_sortsBySpelling() {
        assertThat(SecretName.of("a")).isLessThan(SecretName.of("a.b")).isLessThan(SecretName.of("b"));
        assertThat(SecretName.of("a")).isEqualByComparingTo(SecretName.of("a")).isEqualTo(SecretName.of("a"));
    }

    @Property(tries = 2000)
    void of_anyText_isTakenIfAndOnlyIfItIsHarmless(@ForAll("hostile") String text) {
        boolean harmless = text.length() <= 64 && HARMLESS.matcher(text).matches();
        Throwable refused = catchThrowable(() -> SecretName.of(text));
        if (harmless) {
            assertThat(refused).isNull();
        } else {
            assertThat(refused).isInstanceOf(IllegalArgumentException.class);
            assertThat(refused.getMessage()).hasSizeLessThan(250).doesNotContainPattern("\\p{Cntrl}");
        }
    }

    @Property
    void of_anyLegalName_staysInsideItsDirectory(@ForAll("legal") String text) {
        Path root = Path.of("/store").toAbsolutePath();
        Path child = root.resolve(SecretName.of(text).value()).normalize();
        assertThat(child.getParent()).isEqualTo(root);
    }

    @Provide
    Arbitrary<String> hostile() {
        Arbitrary<String> pieces = Arbitraries.of(
                "..",
                "/",
                "\\",
                "a",
                "b9",
                ".",
                "-",
                "_",
                "A",
                "\u0000",
                "\n",
                "\r",
                "\u001b",
                "\u007f",
                "\u0085",
                "%2e",
                " ",
                "é",
                "x".repeat(64),
                "\ud800");
        return Arbitraries.oneOf(
                Arbitraries.strings(),
                Arbitraries.strings().ascii().ofMaxLength(80),
                pieces.list().ofMaxSize(6).map(list -> String.join("", list)),
                legal());
    }

    @Provide
    Arbitrary<String> legal() {
        Arbitrary<String> first = Arbitraries.strings()
                .withCharRange('a', 'z')
                .withCharRange('0', '9')
                .ofLength(1);
        Arbitrary<String> rest = Arbitraries.strings()
                .withCharRange('a', 'z')
                .withCharRange('0', '9')
                .withChars('.', '_', '-')
                .ofMaxLength(63);
        return first.flatMap(head -> rest.map(tail -> head + tail));
    }
}
