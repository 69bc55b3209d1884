package dev.slipring.jdbc.store;

/** JSON text in ASCII, so that it survives whatever encoding a database and its sessions have. */
final class AsciiJson {
    private static final int LAST_ASCII = 0x7e;

    private AsciiJson() {}

    /** The same JSON with all other characters escaped: outside of strings there are none. */
    static String of(String json) {
        StringBuilder out = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c > LAST_ASCII) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
