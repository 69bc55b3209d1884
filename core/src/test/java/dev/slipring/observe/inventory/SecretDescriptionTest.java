package dev.slipring.observe.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretDescriptionTest {
    @Test
    void description_saysWhatItWasTold() {
        SecretDescription description = SecretDescription.builder()
                .owner("payments")
                .procedure(URI.create("https://docs.example/rotate"))
                .build();

        assertThat(description.owner()).contains("payments");
        assertThat(description.procedure()).contains(URI.create("https://docs.example/rotate"));
        assertThat(SecretDescription.NONE).isEqualTo(SecretDescription.builder().build());
        assertThat(description).isNotEqualTo(SecretDescription.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "javascript:alert(1)",
                "JAVASCRIPT://docs.example/%0aalert(1)",
                "data:text/html,x",
                "file:///etc/passwd",
                "runbook.html",
                "//docs.example/",
                "https:///path"
            })
    void procedure_thatIsNoAddressOfADocument_isRefused(String address) {
        SecretDescription.Builder builder = SecretDescription.builder();
        assertThatIllegalArgumentException().isThrownBy(() -> builder.procedure(URI.create(address)));
    }

    @Test
    void procedure_withAPassword_isRefusedWithoutIt() {
        SecretDescription.Builder builder = SecretDescription.builder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.procedure(URI.create("https://ada:hunter2@docs.example/")))
                .withMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\nb", "a\u001b[31m", "\u202eabc", "\ud800"})
    void owner_thatCannotBeShown_isRefused(String owner) {
        SecretDescription.Builder builder = SecretDescription.builder();
        assertThatIllegalArgumentException().isThrownBy(() -> builder.owner(owner));
    }

    @Test
    void owner_ofAtMostTwoHundredCharacters_isTaken() {
        SecretDescription.Builder builder = SecretDescription.builder();
        assertThat(builder.owner("a".repeat(200)).build().owner()).isPresent();
        assertThatIllegalArgumentException().isThrownBy(() -> builder.owner("a".repeat(201)));
    }
}
