package dev.slipring.jdbc.login;

import dev.slipring.keyring.SecretName;
import dev.slipring.rotation.Issuance;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The comment on a role by which its owner is known: {@code slipring:<secret>:<version>:<rotation id>}. Its
 * alphabet needs no escaping in SQL.
 */
record SlotTag(SecretName secret, int version, String rotationId) {
    private static final Pattern FORM =
            Pattern.compile("slipring:([a-z0-9][a-z0-9._-]{0,63}):([1-9][0-9]{0,9}):([A-Za-z0-9_-]+)");

    SlotTag {
        if (!FORM.matcher(text(secret, version, rotationId)).matches()) {
            throw new IllegalArgumentException("rotation id is not made of letters, digits, _ and -");
        }
    }

    static SlotTag of(Issuance issuance) {
        return new SlotTag(issuance.secret(), issuance.version(), issuance.rotationId());
    }

    /** The tag that {@code comment} is, if it is one. */
    static Optional<SlotTag> parse(@Nullable String comment) {
        Matcher matcher = FORM.matcher(comment == null ? "" : comment);
        return matcher.matches() && Long.parseLong(matcher.group(2)) <= Integer.MAX_VALUE
                ? Optional.of(new SlotTag(
                        SecretName.of(matcher.group(1)), Integer.parseInt(matcher.group(2)), matcher.group(3)))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return text(secret, version, rotationId);
    }

    private static String text(SecretName secret, int version, String rotationId) {
        return "slipring:" + secret + ":" + version + ":" + rotationId;
    }
}
