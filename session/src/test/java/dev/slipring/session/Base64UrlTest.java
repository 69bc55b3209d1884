package dev.slipring.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class Base64UrlTest {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    @Test
    void everyByte_atEveryPlaceBesideEveryDigit_toldApart() {
        for (int digit = 0; digit < 64; digit++) {
            byte[] bytes = new byte[19];
            Arrays.fill(bytes, (byte) ALPHABET.charAt(digit));
            for (int at = 0; at < bytes.length; at++) {
                byte before = bytes[at];
                for (int value = 0; value < 256; value++) {
                    bytes[at] = (byte) value;
                    assertThat(Base64Url.isMadeOf(bytes, 0, bytes.length))
                            .as("byte %d at %d beside digit %d", value, at, digit)
                            .isEqualTo(ALPHABET.indexOf(value) >= 0);
                }
                bytes[at] = before;
            }
        }
    }

    @Property
    void someBytes_anyWhatever_toldApart(@ForAll @Size(max = 24) byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        assertThat(Base64Url.isMadeOf(bytes, 0, bytes.length)).isEqualTo(text.matches("[A-Za-z0-9_-]*"));
    }

    @Test
    void bytes_outsideTheRange_notLookedAt() {
        byte[] bytes = "..0123456789..".getBytes(StandardCharsets.US_ASCII);
        assertThat(Base64Url.isMadeOf(bytes, 2, 12)).isTrue();
        assertThat(Base64Url.isMadeOf(bytes, 1, 12)).isFalse();
        assertThat(Base64Url.isMadeOf(bytes, 2, 13)).isFalse();
        assertThat(Base64Url.isMadeOf(bytes, 5, 5)).isTrue();
    }

    @Property
    void group_written_asTheJdkDoes(@ForAll @Size(3) byte[] bytes) {
        int group = (bytes[0] & 0xFF) << 16 | (bytes[1] & 0xFF) << 8 | (bytes[2] & 0xFF);
        byte[] text = new byte[6];
        Base64Url.write(group | 0x7F00_0000, text, 1);
        assertThat(new String(text, StandardCharsets.US_ASCII))
                .isEqualTo("\0" + Base64.getUrlEncoder().encodeToString(bytes) + "\0");
        assertThat(Base64Url.group(new String(text, StandardCharsets.US_ASCII), 1))
                .isEqualTo(group);
    }
}
