import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AesEaxParameters;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.aead.AesGcmSivParameters;
import com.google.crypto.tink.aead.XChaCha20Poly1305Parameters;
import java.nio.charset.StandardCharsets;
import java.security.Security;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** Prints keysets that Tink made and what it encrypted with them, as JSON. */
class TinkVectors {
    private static final HexFormat HEX = HexFormat.of();

    public static void main(String[] args) throws Exception {
        Security.addProvider(new BouncyCastleProvider()); // Tink takes AES-GCM-SIV from a provider
        AeadConfig.register();
        List<String> cases = new ArrayList<>();
        for (int bytes : new int[] {16, 32}) {
            for (String variant : List.of("TINK", "CRUNCHY", "NO_PREFIX")) {
                cases.add(single("aes-gcm-" + 8 * bytes + "-" + variant, gcm(bytes, variant)));
                cases.add(single("aes-gcm-siv-" + 8 * bytes + "-" + variant, siv(bytes, variant)));
            }
        }
        cases.add(rotated());
        List<String> refused = new ArrayList<>();
        refused.add(keyset("XChaCha20Poly1305Key", handle(XChaCha20Poly1305Parameters.create())));
        refused.add(keyset(
                "AesEaxKey",
                handle(AesEaxParameters.builder()
                        .setKeySizeBytes(32)
                        .setIvSizeBytes(16)
                        .setTagSizeBytes(16)
                        .setVariant(AesEaxParameters.Variant.TINK)
                        .build())));
        System.out.println("{\"cases\": [\n" + String.join(",\n", cases) + "\n],\n\"refused\": [\n"
                + String.join(",\n", refused) + "\n]}");
    }

    private static AesGcmParameters gcm(int bytes, String variant) throws Exception {
        return AesGcmParameters.builder()
                .setKeySizeBytes(bytes)
                .setIvSizeBytes(12)
                .setTagSizeBytes(16)
                .setVariant(
                        switch (variant) {
                            case "TINK" -> AesGcmParameters.Variant.TINK;
                            case "CRUNCHY" -> AesGcmParameters.Variant.CRUNCHY;
                            default -> AesGcmParameters.Variant.NO_PREFIX;
                        })
                .build();
    }

    private static AesGcmSivParameters siv(int bytes, String variant) throws Exception {
        return AesGcmSivParameters.builder()
                .setKeySizeBytes(bytes)
                .setVariant(
                        switch (variant) {
                            case "TINK" -> AesGcmSivParameters.Variant.TINK;
                            case "CRUNCHY" -> AesGcmSivParameters.Variant.CRUNCHY;
                            default -> AesGcmSivParameters.Variant.NO_PREFIX;
                        })
                .build();
    }

    private static KeysetHandle handle(com.google.crypto.tink.Parameters parameters) throws Exception {
        return KeysetHandle.newBuilder()
                .addEntry(KeysetHandle.generateEntryFromParameters(parameters).withRandomId().makePrimary())
                .build();
    }

    private static String single(String name, com.google.crypto.tink.Parameters parameters) throws Exception {
        KeysetHandle handle = handle(parameters);
        return withMessages(name, handle, messages(handle));
    }

    /** One keyset through its rotations: what each primary encrypted, read with the last keyset. */
    private static String rotated() throws Exception {
        KeysetHandle first = KeysetHandle.newBuilder()
                .addEntry(KeysetHandle.generateEntryFromParameters(gcm(32, "TINK")).withFixedId(0x80000001).makePrimary())
                .addEntry(KeysetHandle.generateEntryFromParameters(gcm(16, "TINK")).withFixedId(7))
                .addEntry(KeysetHandle.generateEntryFromParameters(siv(32, "NO_PREFIX")).withFixedId(8))
                .addEntry(KeysetHandle.generateEntryFromParameters(gcm(32, "TINK")).withFixedId(9))
                .build();
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            KeysetHandle.Builder turned = KeysetHandle.newBuilder(first);
            turned.getAt(i).makePrimary();
            messages.addAll(messages(turned.build()));
        }
        KeysetHandle.Builder last = KeysetHandle.newBuilder(first);
        last.getAt(3).setStatus(com.google.crypto.tink.KeyStatus.DISABLED);
        KeysetHandle.Builder turned = KeysetHandle.newBuilder(first);
        turned.getAt(3).makePrimary();
        Aead disabled = turned.build().getPrimitive(RegistryConfiguration.get(), Aead.class);
        String text = withMessages("rotated", last.build(), messages);
        return text.substring(0, text.length() - 1) + ",\n\"disabled\": \""
                + HEX.formatHex(disabled.encrypt(new byte[] {1}, new byte[0])) + "\"}";
    }

    private static List<String> messages(KeysetHandle handle) throws Exception {
        Aead aead = handle.getPrimitive(RegistryConfiguration.get(), Aead.class);
        List<String> messages = new ArrayList<>();
        for (String[] message : new String[][] {{"", ""}, {"a note of 1 line", "notes/42"}, {"Grüße", ""}}) {
            byte[] plaintext = message[0].getBytes(StandardCharsets.UTF_8);
            byte[] associated = message[1].getBytes(StandardCharsets.UTF_8);
            messages.add("  {\"plaintext\": \"" + HEX.formatHex(plaintext) + "\", \"associated\": \""
                    + HEX.formatHex(associated) + "\", \"ciphertext\": \""
                    + HEX.formatHex(aead.encrypt(plaintext, associated)) + "\"}");
        }
        return messages;
    }

    private static String withMessages(String name, KeysetHandle handle, List<String> messages) throws Exception {
        String keyset = keyset(name, handle);
        return keyset.substring(0, keyset.length() - 1) + ",\n\"messages\": [\n" + String.join(",\n", messages) + "\n]}";
    }

    private static String keyset(String name, KeysetHandle handle) throws Exception {
        String json = TinkJsonProtoKeysetFormat.serializeKeyset(handle, InsecureSecretKeyAccess.get())
                .strip();
        byte[] binary = TinkProtoKeysetFormat.serializeKeyset(handle, InsecureSecretKeyAccess.get());
        return "{\"name\": \"" + name + "\",\n\"json\": \"" + json.replace("\\", "\\\\").replace("\"", "\\\"")
                + "\",\n\"binary\": \"" + HEX.formatHex(binary) + "\"}";
    }
}
