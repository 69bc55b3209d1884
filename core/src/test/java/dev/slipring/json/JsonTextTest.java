package dev.slipring.json;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonTextTest {
    @Test
    void print_ofHalfACharacter_writesThatItCannotBeRead() {
        byte[] printed = JsonText.print(JsonText.object("reason", "a\ud800b\udc00 \ud83d\udd11"));

        assertThat(JsonText.parse(printed)).containsEntry("reason", "a\ufffdb\ufffd \ud83d\udd11");
    }
}
