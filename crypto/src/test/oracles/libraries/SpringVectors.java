import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.springframework.security.crypto.encrypt.Encryptors;

/** Prints what Spring Security encrypted, as JSON. */
class SpringVectors {
    private static final HexFormat HEX = HexFormat.of();

    public static void main(String[] args) {
        List<String> cases = new ArrayList<>();
        for (String password : List.of("correct horse battery staple", "Grüße aus Köln")) {
            String salt = "5c0744940b5c369b";
            for (String text : List.of("", "a note of 1 line", "Grüße, longer than one block of AES is")) {
                byte[] plaintext = text.getBytes(StandardCharsets.UTF_8);
                cases.add(entry("standard", password, salt, plaintext,
                        HEX.formatHex(Encryptors.standard(password, salt).encrypt(plaintext))));
                cases.add(entry("stronger", password, salt, plaintext,
                        HEX.formatHex(Encryptors.stronger(password, salt).encrypt(plaintext))));
                cases.add(entry("text", password, salt, plaintext, Encryptors.text(password, salt).encrypt(text)));
                cases.add(entry("delux", password, salt, plaintext, Encryptors.delux(password, salt).encrypt(text)));
            }
        }
        System.out.println("{\"cases\": [\n" + String.join(",\n", cases) + "\n]}");
    }

    /** The ciphertext is hexadecimal: of bytes for the encryptors of bytes, as it is for those of text. */
    private static String entry(String kind, String password, String salt, byte[] plaintext, String ciphertext) {
        return "  {\"kind\": \"" + kind + "\", \"password\": \"" + password + "\", \"salt\": \"" + salt
                + "\", \"plaintext\": \"" + HEX.formatHex(plaintext) + "\", \"ciphertext\": \"" + ciphertext + "\"}";
    }
}
