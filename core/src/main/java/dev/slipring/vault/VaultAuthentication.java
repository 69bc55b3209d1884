package dev.slipring.vault;

import dev.slipring.keyring.SecretValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a client comes by its token: it is given one, or logs in for one. What is asked for a token or a credential is
 * asked again when the server refuses, outside any lock, so that a new one is followed without a restart. Immutable and
 * safe for use by several threads, as far as what it asks is.
 */
public final class VaultAuthentication {
    private final Supplier<SecretValue> secret;
    private final @Nullable Login login;

    /** Where to log in, with which public fields, and as which field the secret goes. */
    private record Login(String mount, Map<String, String> fields, String secretField) {}

    private VaultAuthentication(Supplier<SecretValue> secret, @Nullable Login login) {
        this.secret = secret;
        this.login = login;
    }

    /** This token, which somebody else renews; it is copied. Not fit for what runs longer than the token lives. */
    public static VaultAuthentication token(SecretValue token) {
        SecretValue copy = token.copy();
        return new VaultAuthentication(copy::copy, null);
    }

    /**
     * The token that {@code source} gives, such as what an agent has written to a file; asked first and when the server
     * refuses the last one. Somebody else renews it.
     *
     * @param source gives a value that the client owns and wipes
     */
    public static VaultAuthentication tokenFrom(Supplier<SecretValue> source) {
        return new VaultAuthentication(Objects.requireNonNull(source, "source"), null);
    }

    /**
     * A log-in by AppRole, mounted at {@code approle} unless {@link #mount} says otherwise.
     *
     * @param secretId gives a value that the client owns and wipes
     */
    public static VaultAuthentication appRole(String roleId, Supplier<SecretValue> secretId) {
        Objects.requireNonNull(roleId, "roleId");
        return new VaultAuthentication(
                Objects.requireNonNull(secretId, "secretId"),
                new Login("approle", Map.of("role_id", roleId), "secret_id"));
    }

    /**
     * A log-in by a service account's token, mounted at {@code kubernetes} unless {@link #mount} says otherwise.
     *
     * @param role as the server calls it
     * @param tokenFile where the platform keeps the service account's token; read for each log-in
     */
    public static VaultAuthentication kubernetes(String role, Path tokenFile) {
        Objects.requireNonNull(tokenFile, "tokenFile");
        return new VaultAuthentication(() -> read(tokenFile), new Login("kubernetes", Map.of("role", role), "jwt"));
    }

    /**
     * The same, with the log-in mounted at {@code path} below {@code auth/}.
     *
     * @throws IllegalArgumentException if it is no path
     * @throws IllegalStateException if this does not log in
     */
    public VaultAuthentication mount(String path) {
        if (login == null) {
            throw new IllegalStateException("a token is not mounted anywhere");
        }
        return new VaultAuthentication(
                secret, new Login(VaultPath.path("the mount", path), login.fields, login.secretField));
    }

    /** Whether there is a log-in; otherwise the secret is the token. */
    boolean logsIn() {
        return login != null;
    }

    /** The secret, owned by the caller. */
    SecretValue secret() {
        return secret.get();
    }

    /** The log-in; not made again by itself, since a secret id may be good for one. */
    VaultRequest login() {
        Login form = Objects.requireNonNull(login, "login");
        SecretValue credential = secret();
        byte[] bytes = credential.copyBytes();
        try {
            return VaultRequest.writeOnce("login", "auth/" + form.mount + "/login", out -> {
                for (Map.Entry<String, String> field : form.fields.entrySet()) {
                    out.writeStringField(field.getKey(), field.getValue());
                }
                out.writeFieldName(form.secretField);
                out.writeUTF8String(bytes, 0, bytes.length);
            });
        } finally {
            Arrays.fill(bytes, (byte) 0);
            credential.wipe();
        }
    }

    @Override
    public String toString() {
        return login == null ? "VaultAuthentication[token]" : "VaultAuthentication[auth/" + login.mount + "]";
    }

    private static SecretValue read(Path file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new VaultException(
                    VaultException.Kind.DENIED,
                    VaultRequest.read("login", "auth/kubernetes/login"),
                    "the token file " + file + " cannot be read",
                    e);
        }
        int length = bytes.length;
        while (length > 0 && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r')) {
            length--;
        }
        byte[] token = Arrays.copyOf(bytes, length);
        try {
            return SecretValue.copyOf(token);
        } finally {
            Arrays.fill(bytes, (byte) 0);
            Arrays.fill(token, (byte) 0);
        }
    }
}
