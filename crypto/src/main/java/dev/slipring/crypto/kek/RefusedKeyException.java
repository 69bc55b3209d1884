package dev.slipring.crypto.kek;

import java.io.Serial;

/** Why a key file is not taken: the rest of a sentence that begins with the file's name, without material. */
final class RefusedKeyException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    RefusedKeyException(String reason) {
        super(reason);
    }
}
