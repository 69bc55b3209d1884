package dev.slipring.vault;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.slipring.vault.VaultException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;

/**
 * The transit engine: keys that never leave the server, which encrypts and decrypts with them. A call names the version
 * of the key, so that no rotation at the server changes what a caller gets.
 *
 * <p>Rights: {@code update} on {@code encrypt/KEY} and {@code decrypt/KEY}, and no {@code create} on the former, since
 * a server makes a key that is missing when it is asked to encrypt by one that may create it. Whoever rotates needs
 * {@code read} on {@code keys/KEY} as well, and {@code update} on {@code keys/KEY/rotate} and {@code keys/KEY/config}.
 *
 * <p>Safe for use by several threads. The client stays the caller's to close.
 */
public final class TransitClient {
    private final VaultClient client;

    private TransitClient(VaultClient client) {
        this.client = client;
    }

    /** The transit engines of the server that {@code client} knows. */
    public static TransitClient of(VaultClient client) {
        return new TransitClient(Objects.requireNonNull(client, "client"));
    }

    /** How long a call takes at most. */
    public Duration deadline() {
        return client.deadline();
    }

    /**
     * {@code plaintext}, encrypted.
     *
     * @param plaintext stays the caller's, who wipes it
     * @param associatedData what the ciphertext is bound to
     * @return {@code vault:v}, the version, a colon and base64
     * @throws VaultException if the server does not do it
     */
    public String encrypt(TransitVersion version, byte[] plaintext, byte[] associatedData) {
        VaultRequest request = VaultRequest.write("encrypt", version.key().path("encrypt"), out -> {
            binary(out, "plaintext", plaintext);
            binary(out, "associated_data", associatedData);
            out.writeNumberField("key_version", version.number());
        });
        return ciphertext(version, request);
    }

    /**
     * The plaintext of {@code ciphertext}.
     *
     * @param associatedData what it is said to be bound to
     * @return the plaintext, which the caller owns and wipes
     * @throws VaultException of the kind {@link Kind#REFUSED} if this version has not made it or not with this
     *     associated data, without a call where the text itself shows that; of another if the server does not do it
     */
    public byte[] decrypt(TransitVersion version, String ciphertext, byte[] associatedData) {
        VaultRequest request = VaultRequest.write("decrypt", version.key().path("decrypt"), out -> {
            out.writeStringField("ciphertext", ciphertext);
            binary(out, "associated_data", associatedData);
        });
        if (!version.isNamedBy(ciphertext)) {
            throw new VaultException(Kind.REFUSED, request, "no ciphertext of version " + version.number(), null);
        }
        VaultAnswer answer = client.call(request);
        try {
            return answer.binary("data", "plaintext");
        } finally {
            answer.wipe();
        }
    }

    /**
     * {@code ciphertext} under another version, without its plaintext leaving the server. Only for what was encrypted
     * without associated data, which this operation of the server does not take: what has some is moved by
     * {@link #decrypt} and {@link #encrypt}.
     *
     * @param to the version it is to be under
     * @throws VaultException if the server does not do it, such as one that refuses the ciphertext
     */
    public String rewrap(TransitVersion to, String ciphertext) {
        VaultRequest request = VaultRequest.write("rewrap", to.key().path("rewrap"), out -> {
            out.writeStringField("ciphertext", ciphertext);
            out.writeNumberField("key_version", to.number());
        });
        return ciphertext(to, request);
    }

    /**
     * Makes the key, of the type {@code aes256-gcm96}, not exportable, unless there is one of that name.
     *
     * @throws VaultException if the server does not do it
     */
    public void create(TransitKey key) {
        done(VaultRequest.write("create key", key.path("keys"), out -> out.writeStringField("type", "aes256-gcm96")));
    }

    /**
     * Adds a version to the key. Not made again where it may have happened, so {@link #status} tells what came of it.
     *
     * @throws VaultException if it is not certain that there is a new version
     */
    public void rotate(TransitKey key) {
        done(VaultRequest.writeOnce("rotate key", key.path("keys") + "/rotate", out -> {}));
    }

    /**
     * What the server says of the key.
     *
     * @throws VaultException of the kind {@link Kind#NOT_FOUND} if there is no such key; of another if it cannot be
     *     read
     */
    public TransitKeyStatus status(TransitKey key) {
        VaultAnswer answer = client.call(VaultRequest.read("read key", key.path("keys")));
        return new TransitKeyStatus(
                answer.text("data", "type"),
                answer.truth("data", "derived"),
                answer.count("data", "latest_version"),
                answer.count("data", "min_decryption_version"),
                answer.count("data", "min_encryption_version"));
    }

    /**
     * Lets no version below {@code oldest} decrypt any more. It can be lowered again, as long as nobody trims the key.
     *
     * @throws VaultException if it is not certain that it is so
     */
    public void minDecryptionVersion(TransitVersion oldest) {
        configure(oldest, "min_decryption_version");
    }

    /**
     * Lets no version below {@code oldest} encrypt any more.
     *
     * @throws VaultException if it is not certain that it is so
     */
    public void minEncryptionVersion(TransitVersion oldest) {
        configure(oldest, "min_encryption_version");
    }

    @Override
    public String toString() {
        return "TransitClient[" + client + "]";
    }

    private void configure(TransitVersion oldest, String field) {
        done(VaultRequest.write(
                "configure key",
                oldest.key().path("keys") + "/config",
                out -> out.writeNumberField(field, oldest.number())));
    }

    private void done(VaultRequest request) {
        client.call(request).wipe();
    }

    private String ciphertext(TransitVersion version, VaultRequest request) {
        VaultAnswer answer = client.call(request);
        String ciphertext = answer.text("data", "ciphertext");
        if (!version.isNamedBy(ciphertext)) {
            throw answer.unreadable("the ciphertext is none of version " + version.number());
        }
        return ciphertext;
    }

    private static void binary(JsonGenerator out, String name, byte[] bytes) throws IOException {
        out.writeFieldName(name);
        out.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, bytes, 0, bytes.length);
    }
}
