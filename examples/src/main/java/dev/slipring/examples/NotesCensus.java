package dev.slipring.examples;

import dev.slipring.crypto.EnvelopeException;
import dev.slipring.keyring.SecretName;
import dev.slipring.rotation.Census;
import java.sql.SQLException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the notes that only one KEK version opens: what lets an old version go. A rotator needs its census before
 * there can be an encryptor, so until {@link #over} is called this has nothing to say. Safe for use by several threads.
 */
final class NotesCensus implements Census {
    private static final Logger LOG = LoggerFactory.getLogger(NotesCensus.class);

    private volatile @Nullable Notes notes;

    /** Counts {@code counted} from now on. */
    void over(Notes counted) {
        notes = counted;
    }

    @Override
    public OptionalLong remaining(SecretName secret, int version) {
        Notes counted = notes;
        if (counted == null) {
            return OptionalLong.empty();
        }
        try {
            long remaining = counted.under(version);
            LOG.atInfo().log("{} notes are under version {} of {}", remaining, version, secret);
            return OptionalLong.of(remaining);
        } catch (SQLException | EnvelopeException e) {
            LOG.atWarn().log("no census of version {} of {}: {}", version, secret, e.getMessage());
            return OptionalLong.empty(); // not every note was counted, so none is
        }
    }
}
