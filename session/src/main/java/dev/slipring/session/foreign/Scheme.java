package dev.slipring.session.foreign;

import dev.slipring.session.ForeignReading;
import dev.slipring.session.RequestCookies;
import dev.slipring.session.SessionCookie;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a family of formats spells sessions and derives its keys. Implementations hold no secret, are immutable and
 * safe for use by several threads.
 */
sealed interface Scheme permits DjangoScheme, FlaskScheme, IssuingScheme, RailsScheme {
    /** Name of the format. */
    String name();

    /** The cookies of a session; the first holds it. */
    List<SessionCookie> cookies();

    MacAlgorithm algorithm();

    /** Whether cookies say when they were signed. */
    boolean isTimed();

    /**
     * The keys that come of {@code secret}, each the caller's to wipe.
     *
     * @throws IllegalArgumentException if it cannot be a secret of this format
     */
    List<byte[]> keys(byte[] secret);

    /** The signatures that come in a cookie of their own. */
    default List<byte[]> signatures(RequestCookies cookies) {
        return List.of();
    }

    /**
     * Takes a cookie apart.
     *
     * @param value at most 4 096 characters
     * @param signatures what {@link #signatures} found in the same request
     * @return null if it is misspelled
     */
    @Nullable
    Candidate candidate(String value, List<byte[]> signatures);

    /** Reads a candidate whose signature is good. */
    ForeignReading open(Candidate candidate, Terms terms);

    /** How a format and its cookie are called in messages. */
    default String label() {
        return name() + ", cookie " + cookies().get(0).name();
    }
}
