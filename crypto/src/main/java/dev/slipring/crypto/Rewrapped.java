package dev.slipring.crypto;

/**
 * What a rewrap gave. Not a record, since a record compares arrays by identity. Not safe for use by several
 * threads if one of them writes to the bytes.
 */
public final class Rewrapped {
    private final byte[] bytes;
    private final boolean changed;

    Rewrapped(byte[] bytes, boolean changed) {
        this.bytes = bytes;
        this.changed = changed;
    }

    /**
     * The envelope under the primary KEK version.
     *
     * @return a new array if it changed, else the array that was given
     */
    public byte[] bytes() {
        return bytes;
    }

    /**
     * Whether the envelope has to be stored again.
     *
     * @return false if it was under the primary version already
     */
    public boolean changed() {
        return changed;
    }

    @Override
    public String toString() {
        return "Rewrapped[" + bytes.length + " bytes, changed=" + changed + "]";
    }
}
