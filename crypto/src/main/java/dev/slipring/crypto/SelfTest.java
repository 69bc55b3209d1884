package dev.slipring.crypto;

import dev.slipring.keyring.SecretValue;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The known-answer test at construction: makes and opens one fixed envelope, record 3 of the format's test
 * vectors, and looks at the IVs that the provider makes. It catches a provider that lacks an algorithm or
 * computes another one under its name, before data depends on it.
 */
final class SelfTest {
    private static final String VALUE = "7ec7f2b6752e9d0cbdf7b4d912c90481874dd535ef8a78002a742687e3865f56";
    private static final String DEK = "5f3ef3546c3114f037189ce87bfb3f8dc93ee6a571dcaacdd809ea1e26154a5d";
    private static final String IV = "b0c9150bc4c4580c06dc8676";
    private static final String PLAINTEXT = "68656c6c6f20656e76656c6f7065";
    private static final String ENVELOPE =
            "f55301010010000002000000030028d61121bc30dbd85aab90e936f586fc8bd488e107fc8e26b26225a8765156714b33"
                    + "828b36df43688b57a8077cfc8c64c963df782ec0b61eae2f406aa26561dff472e21bfada246c08b0c9150bc4c4580c06"
                    + "dc8676b650a68559af695406344e3241bc858475ed9fb2d898fa0d62d8fe9a3f53";

    private SelfTest() {}

    /**
     * Runs the test.
     *
     * @throws IllegalStateException if an answer is wrong
     */
    static void run() {
        Context context = Context.of("table", "notes", "column", "body", "id", "42");
        byte[] plaintext = bytes(PLAINTEXT);
        byte[] expected = bytes(ENVELOPE);
        Envelope envelope = Envelope.parse(expected);
        SecretValue value = SecretValue.copyOf(bytes(VALUE));
        Kek kek = new Kek(envelope.header().ringId(), envelope.header().kekVersion(), Kek.derive(value));
        byte[] wrapped = kek.wrap(bytes(DEK));
        DataKey key = DataKey.derive(envelope.suite(), kek.unwrap(wrapped));
        byte[] prefix = Envelope.prefix(envelope.suite(), kek, wrapped, key.commitment());
        require(Arrays.equals(expected, key.sealUnderGivenIv(bytes(IV), prefix, plaintext, context)), "encrypting");
        require(Arrays.equals(plaintext, key.open(envelope, context)), "decrypting");
        byte[] first = key.seal(prefix, plaintext, context);
        byte[] second = key.seal(prefix, plaintext, context);
        require(!Arrays.equals(first, second), "drawing an IV");
        require(Arrays.equals(plaintext, key.open(Envelope.parse(second), context)), "decrypting what it encrypted");
    }

    private static void require(boolean passed, String what) {
        if (!passed) {
            throw new IllegalStateException("the known-answer test failed: this Java platform is wrong in " + what);
        }
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
