package dev.slipring.crypto.kek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class KeyFileProperties {
    private static final char[] PASSWORD = "correct horse battery".toCharArray();

    @Property(tries = 1000)
    void file_ofAnyBytes_isRefused(@ForAll @Size(min = 1, max = 300) byte[] bytes) {
        KeyFile file = KeyFile.of("any", bytes);
        assertThatThrownBy(file::pem).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(file::pkcs8).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> file.pkcs8(PASSWORD)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> file.pkcs12(PASSWORD)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 300)
    void file_withAnyBytesWrittenIntoIt_isReadOrRefused(
            @ForAll @Size(min = 1, max = 6) byte[] bytes, @ForAll @IntRange(max = 1800) int offset) throws IOException {
        for (String name : new String[] {"rsa.der", "rsa.p12", "two.p12", "rsa-pbes2.pem"}) {
            byte[] changed = KeyFileTest.resource(name);
            int at = offset % changed.length;
            System.arraycopy(bytes, 0, changed, at, Math.min(bytes.length, changed.length - at));
            KeyFile file = KeyFile.of("changed", changed);
            try {
                byte[] value = (name.endsWith("der")
                                ? file.pkcs8()
                                : name.endsWith("pem") ? file.pem(PASSWORD) : file.pkcs12(PASSWORD, "second"))
                        .copyBytes();
                // Of a secret key, which other bytes may make of another one, the value is the key as it stands.
                assertThat(value).hasSizeGreaterThanOrEqualTo(32);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("changed ").hasNoCause();
            }
        }
    }
}
