package dev.slipring.vault;

/**
 * Names a key of a transit engine, as {@code transit/payments}.
 *
 * @param mount where the engine is, such as {@code transit} or {@code team/transit}
 * @param name of the key
 */
public record TransitKey(String mount, String name) {
    /**
     * A key's name.
     *
     * @throws IllegalArgumentException if mount or name could lead elsewhere than to a key: they are of letters, digits
     *     and {@code _}, with {@code -} and {@code .} in between
     */
    public TransitKey {
        VaultPath.path("the mount of a transit engine", mount);
        VaultPath.name("the name of a transit key", name);
    }

    /**
     * The key that {@code text} names, as {@link #toString()} does.
     *
     * @throws IllegalArgumentException if it names none
     */
    public static TransitKey parse(String text) {
        int slash = text.lastIndexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("a transit key is named by its mount, a slash and its name");
        }
        return new TransitKey(text.substring(0, slash), text.substring(slash + 1));
    }

    /** This version of the key. */
    public TransitVersion version(int number) {
        return new TransitVersion(this, number);
    }

    /** The path at which the engine does {@code what} with this key. */
    String path(String what) {
        return mount + "/" + what + "/" + name;
    }

    /** Mount, slash, name. */
    @Override
    public String toString() {
        return mount + "/" + name;
    }
}
