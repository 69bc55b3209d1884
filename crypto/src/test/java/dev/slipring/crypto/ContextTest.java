package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContextTest {
    @Test
    void encoded_pairs_areCountedAndLengthPrefixed() {
        assertThat(HexFormat.of().formatHex(Context.of("b", "2", "a", "").encoded()))
                .isEqualTo("00000002" + "0000000161" + "00000000" + "0000000162" + "0000000132");
        assertThat(Context.none().encoded()).isEqualTo(new byte[4]);
    }

    @Test
    void encoded_names_areSortedByUtf8BytesNotByChars() {
        // U+FF5E is below U+1F600 in UTF-8 and above it in UTF-16.
        String supplementary = "\uD83D\uDE00";
        assertThat(Context.of(supplementary, "", "\uFF5E", "")).hasToString("Context[\uFF5E, " + supplementary + "]");
    }

    @Test
    void equals_anyOrder_isTheSameContext() {
        Context one = Context.of("table", "notes", "column", "body");
        assertThat(one)
                .isEqualTo(Context.of("column", "body", "table", "notes"))
                .isEqualTo(Context.copyOf(Map.of("table", "notes", "column", "body")))
                .hasSameHashCodeAs(Context.of("column", "body", "table", "notes"))
                .isNotEqualTo(Context.of("table", "notes", "column", "title"))
                .isNotEqualTo(Context.of("tablenotes", "", "column", "body"));
        assertThat(Context.of()).isEqualTo(Context.none());
    }

    @Test
    void of_decomposedLetter_isAnotherContext() {
        assertThat(Context.of("name", "\u00e9")).isNotEqualTo(Context.of("name", "e\u0301"));
    }

    @Test
    void of_duplicateName_isRefused() {
        assertThatThrownBy(() -> Context.of("id", "1", "id", "1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("context id is given twice");
    }

    @Test
    void of_nameWithoutValue_isRefused() {
        assertThatThrownBy(() -> Context.of("table", "notes", "column")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "\uDE00", "\uDE00\uD83D", "a\uD83D", "\uD83Da", "\uD83D\uD83D\uDE00"})
    void of_unpairedSurrogate_isRefused(String text) {
        assertThatThrownBy(() -> Context.of("id", text)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Context.of(text, "id")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void toString_pairs_showsNamesOnly() {
        assertThat(Context.of("patient", "Jane Doe")).hasToString("Context[patient]");
    }
}
