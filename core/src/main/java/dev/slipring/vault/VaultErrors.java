package dev.slipring.vault;

import static dev.slipring.vault.VaultException.Kind.CONFLICT;
import static dev.slipring.vault.VaultException.Kind.DENIED;
import static dev.slipring.vault.VaultException.Kind.INVALID;
import static dev.slipring.vault.VaultException.Kind.NOT_FOUND;
import static dev.slipring.vault.VaultException.Kind.REFUSED;
import static dev.slipring.vault.VaultException.Kind.SEALED;
import static dev.slipring.vault.VaultException.Kind.THROTTLED;
import static dev.slipring.vault.VaultException.Kind.UNAVAILABLE;

import dev.slipring.vault.VaultException.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads refusals. A server's words may quote what it was sent, so what is shown is a phrase from the list here that
 * they contain, and never they themselves. Stateless.
 */
final class VaultErrors {
    private static final List<Phrase> PHRASES = List.of(
            new Phrase("message authentication failed", REFUSED),
            new Phrase("invalid ciphertext length", REFUSED),
            new Phrase("unable to decrypt", REFUSED),
            new Phrase("could not decode base64", REFUSED),
            new Phrase("encryption key not found", NOT_FOUND),
            new Phrase("no existing key named", NOT_FOUND),
            new Phrase("key not found", NOT_FOUND),
            new Phrase("namespace not found", NOT_FOUND),
            new Phrase("no handler for route", NOT_FOUND),
            new Phrase("unsupported path", NOT_FOUND),
            new Phrase("no such key version", INVALID),
            new Phrase("version is too new", INVALID),
            new Phrase("disallowed by policy (too old)", INVALID),
            new Phrase("higher than the latest key version", INVALID),
            new Phrase("less than the minimum encryption key version", INVALID),
            new Phrase("cannot set min decryption version", INVALID),
            new Phrase("cannot set min encryption", INVALID),
            new Phrase("provided for non-aead cipher suite", INVALID),
            new Phrase("missing 'context' for key derivation", INVALID),
            new Phrase("refusing to use soft-deleted key", INVALID),
            new Phrase("lease not found", INVALID),
            new Phrase("invalid lease", INVALID),
            new Phrase("lease expired", INVALID),
            new Phrase("lease is not renewable", INVALID),
            new Phrase("check-and-set parameter did not match", CONFLICT),
            new Phrase("invalid role or secret id", DENIED),
            new Phrase("invalid role id", DENIED),
            new Phrase("invalid secret id", DENIED),
            new Phrase("permission denied", DENIED),
            new Phrase("is sealed", SEALED),
            new Phrase("standby", UNAVAILABLE),
            new Phrase("required index state not present", UNAVAILABLE),
            new Phrase("rate limit quota exceeded", THROTTLED));

    private record Phrase(String text, Kind kind) {}

    private VaultErrors() {}

    /** The failure that an answer with this status, which is none of success, stands for. */
    static VaultException of(VaultRequest request, int status, VaultAnswer answer) {
        Optional<Phrase> known = answer.errors().stream()
                .map(error -> error.toLowerCase(Locale.ROOT))
                .flatMap(error -> PHRASES.stream().filter(phrase -> error.contains(phrase.text)))
                .findFirst();
        String said = known.map(Phrase::text).orElse("an error that is not shown here");
        return new VaultException(kind(status, known), request, "status " + status + ", " + said, null);
    }

    private static Kind kind(int status, Optional<Phrase> known) {
        return switch (status) {
            case 400 -> known.map(Phrase::kind).orElse(INVALID);
            case 401, 403 -> DENIED;
            case 404 -> NOT_FOUND;
            case 409 -> CONFLICT;
            case 412 -> UNAVAILABLE;
            case 429 -> THROTTLED;
            case 503 ->
                known.filter(phrase -> phrase.kind == SEALED).map(Phrase::kind).orElse(UNAVAILABLE);
            default -> status >= 400 && status < 470 ? INVALID : UNAVAILABLE;
        };
    }
}
