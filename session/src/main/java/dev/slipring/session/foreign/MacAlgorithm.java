package dev.slipring.session.foreign;

/** The codes with which sessions are signed. */
enum MacAlgorithm {
    SHA1("HmacSHA1", 20),
    SHA256("HmacSHA256", 32);

    private final String jca;
    private final int length;

    MacAlgorithm(String jca, int length) {
        this.jca = jca;
        this.length = length;
    }

    /** Name of the {@code Mac}. */
    String jca() {
        return jca;
    }

    /** Length of a code, in bytes. */
    int length() {
        return length;
    }
}
