package dev.slipring.crypto;

import java.io.IOException;
import java.io.InputStream;

/** Where sealed bytes are read from: as {@link InputStream#readNBytes(byte[], int, int)}. */
@FunctionalInterface
interface ByteSource {
    /**
     * Fills {@code length} bytes of {@code into} from {@code offset} on, or fewer if there are no more.
     *
     * @return how many were read
     */
    int read(byte[] into, int offset, int length) throws IOException;
}
