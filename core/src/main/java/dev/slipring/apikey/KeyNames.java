package dev.slipring.apikey;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What keys are called at their service, {@code <app>-<slot>-r<sequence>-<rotation id>}: so whoever comes later sees
 * whose a key is and which rotation made it. Immutable.
 */
final class KeyNames {
    private static final Pattern APP = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
    private static final Pattern SLOT = Pattern.compile("[a-z0-9]{1,16}");

    private final String app;
    private final List<String> slots;
    private final Pattern form;

    /** @throws IllegalArgumentException if a part has a character that could be read as something else */
    KeyNames(String app, List<String> slots) {
        if (!APP.matcher(app).matches()) {
            throw new IllegalArgumentException("the name of an application is 1 to 64 characters of a-z 0-9 . _ - that"
                    + " begin with a letter or digit");
        }
        if (slots.size() < 2
                || new HashSet<>(slots).size() != slots.size()
                || !slots.stream().allMatch(slot -> SLOT.matcher(slot).matches())) {
            throw new IllegalArgumentException("slots are two or more different ones of 1 to 16 characters a-z 0-9");
        }
        this.app = app;
        this.slots = List.copyOf(slots);
        form = Pattern.compile(
                Pattern.quote(app) + "-(?:" + String.join("|", slots) + ")-r([1-9][0-9]{0,17})-[a-z0-9]{1,32}");
    }

    List<String> slots() {
        return slots;
    }

    /** @throws IssuerException if the version is in no slot of these */
    String of(Issuance issuance) {
        return name(issuance.slot(), issuance.sequence(), issuance.rotationId())
                .orElseThrow(() -> new IssuerException("version " + issuance.version() + " of " + issuance.secret()
                        + " is in none of the slots " + slots));
    }

    /** Empty if the version was not made in a slot of these. */
    Optional<String> of(SecretVersion version) {
        SecretVersion.Origin origin = version.origin();
        return name(version.slot(), origin.sequence(), origin.rotationId());
    }

    /** Number of the rotation that made the key called {@code name}; empty if it is not a key of this application. */
    OptionalLong sequence(String name) {
        Matcher matcher = form.matcher(name);
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }

    @Override
    public String toString() {
        return app + "-" + slots;
    }

    private Optional<String> name(Optional<String> slot, long sequence, String rotationId) {
        return slot.filter(slots::contains).map(in -> app + "-" + in + "-r" + sequence + "-" + rotationId);
    }
}
