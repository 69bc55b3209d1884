package dev.slipring.crypto.legacy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.slipring.crypto.legacy.TinkKey.Prefix;
import dev.slipring.crypto.legacy.TinkKey.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads Tink's cleartext keysets, in the JSON and in the binary form. What is no keyset is an
 * {@link IllegalArgumentException} that quotes nothing of it. Stateless.
 */
final class TinkKeyset {
    private static final int LONGEST = 64 * 1024;
    private static final int MOST_KEYS = 100;
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(8).build())
            .build();

    private TinkKeyset() {}

    /** What stands in one key of either form, until it is made a {@link TinkKey}. */
    private static final class Entry {
        private String type = "";
        private byte[] value = new byte[0];
        private Status status = Status.UNKNOWN_STATUS;
        private Prefix prefix = Prefix.UNKNOWN_PREFIX;
        private int id;

        TinkKey key() {
            return TinkKey.of(id, prefix, status, type, value);
        }
    }

    static List<TinkKey> readJson(byte[] keyset) {
        requireLength(keyset);
        try (JsonParser in = JSON.createParser(keyset)) {
            List<TinkKey> keys = new ArrayList<>();
            require(in.nextToken() == JsonToken.START_OBJECT);
            for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
                in.nextToken();
                switch (name) {
                    case "primaryKeyId" -> in.getLongValue();
                    case "key" -> readKeys(in, keys);
                    case "encryptedKeyset", "keysetInfo" ->
                        throw new IllegalArgumentException("an encrypted Tink keyset: its cleartext is needed");
                    default -> throw broken();
                }
            }
            require(in.currentToken() == JsonToken.END_OBJECT && in.nextToken() == null);
            return checked(keys);
        } catch (IOException e) {
            throw broken(); // without its cause, which may quote a key
        }
    }

    private static void readKeys(JsonParser in, List<TinkKey> keys) throws IOException {
        require(in.currentToken() == JsonToken.START_ARRAY);
        while (in.nextToken() != JsonToken.END_ARRAY) {
            require(in.currentToken() == JsonToken.START_OBJECT);
            Entry entry = new Entry();
            for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
                in.nextToken();
                switch (name) {
                    case "keyData" -> readData(in, entry);
                    case "status" -> entry.status = named(Status.values(), in.getText());
                    case "keyId" -> entry.id = unsigned(in.getLongValue());
                    case "outputPrefixType" -> entry.prefix = named(Prefix.values(), in.getText());
                    default -> throw broken();
                }
            }
            keys.add(entry.key());
        }
    }

    private static void readData(JsonParser in, Entry entry) throws IOException {
        require(in.currentToken() == JsonToken.START_OBJECT);
        for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
            in.nextToken();
            switch (name) {
                case "typeUrl" -> entry.type = in.getText();
                case "value" -> entry.value = in.getBinaryValue();
                case "keyMaterialType" -> in.getText();
                default -> throw broken();
            }
        }
    }

    static List<TinkKey> readBinary(byte[] keyset) {
        requireLength(keyset);
        List<TinkKey> keys = new ArrayList<>();
        ProtoFields fields = new ProtoFields(keyset);
        while (fields.next()) {
            switch (fields.number()) {
                case 1 -> fields.integer();
                case 2 -> keys.add(readKey(fields.bytes()));
                default -> throw broken();
            }
        }
        return checked(keys);
    }

    private static TinkKey readKey(byte[] key) {
        Entry entry = new Entry();
        ProtoFields fields = new ProtoFields(key);
        while (fields.next()) {
            switch (fields.number()) {
                case 1 -> readData(fields.bytes(), entry);
                case 2 -> entry.status = numbered(Status.values(), fields.integer());
                case 3 -> entry.id = fields.integer();
                case 4 -> entry.prefix = numbered(Prefix.values(), fields.integer());
                default -> throw broken();
            }
        }
        Arrays.fill(key, (byte) 0);
        return entry.key();
    }

    private static void readData(byte[] data, Entry entry) {
        ProtoFields fields = new ProtoFields(data);
        while (fields.next()) {
            switch (fields.number()) {
                case 1 -> entry.type = new String(fields.bytes(), StandardCharsets.UTF_8);
                case 2 -> entry.value = fields.bytes();
                case 3 -> fields.integer();
                default -> throw broken();
            }
        }
        Arrays.fill(data, (byte) 0);
    }

    private static List<TinkKey> checked(List<TinkKey> keys) {
        if (keys.isEmpty() || keys.size() > MOST_KEYS) {
            throw new IllegalArgumentException("a Tink keyset of " + keys.size() + " keys, not 1 to " + MOST_KEYS);
        }
        return List.copyOf(keys);
    }

    /** The constant of that name; the first, which stands for an unknown one, if there is none. */
    private static <E extends Enum<E>> E named(E[] all, String name) {
        for (E constant : all) {
            if (constant.name().equals(name)) {
                return constant;
            }
        }
        return all[0];
    }

    private static <E> E numbered(E[] all, int number) {
        return number >= 0 && number < all.length ? all[number] : all[0];
    }

    private static int unsigned(long id) {
        require(id >= 0 && id <= 0xFFFFFFFFL);
        return (int) id;
    }

    private static void requireLength(byte[] keyset) {
        if (keyset.length > LONGEST) {
            throw new IllegalArgumentException("a Tink keyset of " + keyset.length + " bytes is over " + LONGEST);
        }
    }

    private static void require(boolean asExpected) {
        if (!asExpected) {
            throw broken();
        }
    }

    private static IllegalArgumentException broken() {
        return new IllegalArgumentException("not a cleartext Tink keyset");
    }
}
