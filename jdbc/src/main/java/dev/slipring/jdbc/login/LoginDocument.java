package dev.slipring.jdbc.login;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.UnusableRecordException;
import dev.slipring.store.ValueParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds a login in a JSON object with a field for the user and one for the password, such as the secret that AWS keeps
 * for a database: {@code {"engine":..., "host":..., "username":..., "password":..., ...}}. Other fields are not looked
 * at, so the login is the same value when only they change. The document is one object of at most 64 KiB and nothing
 * else, in UTF-8, without duplicate names; errors name the field and quote nothing.
 *
 * <p>Immutable and safe for use by several threads. The user's name passes through a string; the password does not.
 */
public final class LoginDocument implements ValueParser {
    private static final int LONGEST = 64 * 1024;

    /** Buffers are not kept for the next document, since they hold a password. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(32).build())
            .build();

    private final String userField;
    private final String passwordField;

    private LoginDocument(String userField, String passwordField) {
        this.userField = Objects.requireNonNull(userField, "userField");
        this.passwordField = Objects.requireNonNull(passwordField, "passwordField");
    }

    /** The form of AWS Secrets Manager's database secrets: {@code username} and {@code password}. */
    public static LoginDocument rds() {
        return of("username", "password");
    }

    /** A form whose fields have these names. */
    public static LoginDocument of(String userField, String passwordField) {
        return new LoginDocument(userField, passwordField);
    }

    /**
     * {@inheritDoc}
     *
     * @throws UnusableRecordException if it is no such document, a field is missing or no text, or they make no login
     */
    @Override
    public SecretValue parse(byte[] document) {
        if (document.length > LONGEST) {
            throw unusable("it is longer than " + LONGEST + " bytes");
        }
        Fields fields = new Fields();
        try (JsonParser parser = FACTORY.createParser(document)) {
            read(parser, fields);
        } catch (IOException e) {
            throw unusable("it is not JSON as expected"); // without the cause, which may quote it
        }
        try {
            return login(fields);
        } finally {
            fields.wipe();
        }
    }

    @Override
    public String toString() {
        return "LoginDocument[" + userField + ", " + passwordField + "]";
    }

    private void read(JsonParser parser, Fields fields) throws IOException {
        boolean whole = false;
        try {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw unusable("it is not a JSON object");
            }
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                JsonToken kind = parser.nextToken();
                if (name.equals(userField) && kind == JsonToken.VALUE_STRING) {
                    fields.user = parser.getText();
                } else if (name.equals(passwordField) && kind == JsonToken.VALUE_STRING) {
                    fields.password = bytes(parser);
                } else {
                    parser.skipChildren();
                }
            }
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw unusable("something follows its JSON object");
            }
            whole = true;
        } finally {
            if (!whole) {
                fields.wipe();
            }
        }
    }

    private SecretValue login(Fields fields) {
        String user = fields.user;
        byte[] password = fields.password;
        if (user == null || password == null) {
            throw unusable("the field " + (user == null ? userField : passwordField) + " is missing or no text");
        }
        try {
            return Login.encode(user, password);
        } catch (IllegalArgumentException e) {
            throw unusable("the fields " + userField + " and " + passwordField + " make no login: " + e.getMessage());
        }
    }

    private static byte[] bytes(JsonParser parser) throws IOException {
        ByteBuffer encoded = ByteBuffer.allocate(3 * parser.getTextLength());
        CharBuffer chars = CharBuffer.wrap(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
        boolean failed =
                StandardCharsets.UTF_8.newEncoder().encode(chars, encoded, true).isError();
        byte[] bytes = Arrays.copyOf(encoded.array(), encoded.position());
        Arrays.fill(encoded.array(), (byte) 0);
        if (failed) {
            Arrays.fill(bytes, (byte) 0);
            throw new IOException("a text is no Unicode");
        }
        return bytes;
    }

    private static UnusableRecordException unusable(String why) {
        return new UnusableRecordException("the login document cannot be used: " + why, null);
    }

    /** What was found so far. */
    private static final class Fields {
        private @Nullable String user;
        private byte @Nullable [] password;

        private void wipe() {
            if (password != null) {
                Arrays.fill(password, (byte) 0);
            }
        }
    }
}
