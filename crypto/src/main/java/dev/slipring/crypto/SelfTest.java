package dev.slipring.crypto;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.SecretValue;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The known-answer test at construction: makes and opens one fixed envelope of each suite and looks at the
 * random parts of others. It catches a provider that computes another algorithm under a name, before data depends
 * on it. Where the module makes every IV, the fixed envelope is made up to its payload, and opened whole.
 */
final class SelfTest {
    private static final String VALUE = "7ec7f2b6752e9d0cbdf7b4d912c90481874dd535ef8a78002a742687e3865f56";
    private static final String DEK = "5f3ef3546c3114f037189ce87bfb3f8dc93ee6a571dcaacdd809ea1e26154a5d";
    private static final String PLAINTEXT = "68656c6c6f20656e76656c6f7065";
    private static final String WRAPPED =
            "0010000002000000030028d61121bc30dbd85aab90e936f586fc8bd488e107fc8e26b26225a8765156714b33828b36df43688b";

    private final CryptoProviders providers;

    private SelfTest(CryptoProviders providers) {
        this.providers = providers;
    }

    /** What one suite makes of the fixed input: how much of it is random, and the envelope from the commitment on. */
    private record Answer(Suite suite, int randomLength, String tail) {
        byte[] envelope() {
            String id = HexFormat.of().toHexDigits(suite.id());
            return HexFormat.of().parseHex("f55301" + id + WRAPPED + tail);
        }

        byte[] random(int from) {
            return Arrays.copyOfRange(envelope(), from, from + randomLength);
        }
    }

    /**
     * Runs the test for each of {@code suites}, all of it by {@code providers}.
     *
     * @throws IllegalStateException if an answer is wrong
     */
    static void run(Set<Suite> suites, CryptoProviders providers) {
        SelfTest test = new SelfTest(providers);
        suites.forEach(suite -> test.run(answer(suite)));
    }

    private void run(Answer answer) {
        String fault;
        try {
            fault = fault(answer);
        } catch (RuntimeException e) {
            if (e instanceof EnvelopeException unsupported && unsupported.failure() == Failure.UNSUPPORTED) {
                throw unsupported;
            }
            throw wrong(answer, "what it refuses", e);
        }
        if (fault != null) {
            throw wrong(answer, fault, null);
        }
    }

    /** What is wrong, or null. */
    private @Nullable String fault(Answer answer) {
        Context context = Context.of("table", "notes", "column", "body", "id", "42");
        byte[] plaintext = HexFormat.of().parseHex(PLAINTEXT);
        Envelope envelope = Envelope.parse(answer.envelope());
        SecretValue value = SecretValue.copyOf(HexFormat.of().parseHex(VALUE));
        KekVersion of =
                new KekVersion(envelope.header().ringId(), envelope.header().kekVersion());
        Kek kek = new Kek(of, Kek.derive(value, providers), providers.keyWrap(), null);
        byte[] wrapped = kek.wrap(HexFormat.of().parseHex(DEK));
        DataKey key = DataKey.derive(answer.suite(), kek.unwrap(wrapped), providers);
        byte[] prefix = Envelope.prefix(answer.suite(), kek, wrapped, key.commitment());
        if (Arrays.mismatch(answer.envelope(), prefix) != prefix.length) {
            return "deriving and wrapping keys";
        }
        if (!providers.fips()) {
            byte[] made = key.sealUnderGivenRandomness(answer.random(prefix.length), prefix, plaintext, context);
            if (!Arrays.equals(answer.envelope(), made)) {
                return "encrypting";
            }
        }
        if (!Arrays.equals(plaintext, key.open(envelope, context))) {
            return "decrypting";
        }
        byte[] first = key.seal(prefix, plaintext, context);
        byte[] second = key.seal(prefix, plaintext, context);
        if (Arrays.equals(first, second)) {
            return "drawing random bytes";
        }
        boolean opens = Arrays.equals(plaintext, key.open(Envelope.parse(second), context));
        return opens ? null : "decrypting what it encrypted";
    }

    private static Answer answer(Suite suite) {
        return switch (suite) {
            case AES_256_GCM ->
                new Answer(
                        suite,
                        12,
                        "57a8077cfc8c64c963df782ec0b61eae2f406aa26561dff472e21bfada246c08b0c9150bc4c4580c06dc8676"
                                + "b650a68559af695406344e3241bc858475ed9fb2d898fa0d62d8fe9a3f53");
            case SALTED_AES_256_GCM ->
                new Answer(
                        suite,
                        28,
                        "3f26059a5b1edce7f1bebc8b8415a5502bca60577d2ba2ee22e5518f99caf755000102030405060708090a0b0c0d0e0f"
                                + "b0c9150bc4c4580c06dc86762133a218c1b5113c3713d4fe98048494cd8527792645f2d94e393a5d26df");
            case AES_256_GCM_SIV ->
                new Answer(
                        suite,
                        12,
                        "8ccaec13a71fa3692a90d711fc6cd66c7d55964917188416307ee8174eab0c24b0c9150bc4c4580c06dc8676"
                                + "6bc09a49f2b7904fcf2749d08fb68c12f645b1aff3a84d5bcfed66617bad");
            case CHUNKED_AES_256_GCM ->
                new Answer(
                        suite,
                        24,
                        "15ae62869387b79c435c49983d828bf636c7231cc1610cd0ca9a3fe5bb8f4757000102030405060708090a0b0c0d0e0f"
                                + "1011121314151617fcf9f01c9049c072f09417aa7d806c853d1bf51f8a3d572405c4cce24a763e88"
                                + "45a473d747eb27d35e3c80002e2c6f4fb33800d2d5ad2eff9b72cf2b38a9");
        };
    }

    private IllegalStateException wrong(Answer answer, String what, @Nullable Exception cause) {
        return new IllegalStateException(
                "the known-answer test of envelope suite " + answer.suite().id() + " failed: " + providers
                        + " is wrong in " + what,
                cause);
    }
}
