package dev.slipring.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.session.Verification.Valid;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class SessionTokenProperties {
    private static final String CHARACTERS = "ABCwxyz0189-_~.=+/ \u00e9\u0141";

    @Property
    void anyPayload_signed_comesBack(
            @ForAll @Size(max = 600) byte[] payload, @ForAll @IntRange(min = 1, max = 43_200) int life) {
        try (SessionFixture fixture = new SessionFixture()) {
            String token = fixture.signer.sign(payload, Duration.ofSeconds(life));
            Valid valid = fixture.valid(token);
            assertThat(valid.payload()).isEqualTo(payload);
            assertThat(valid.expiresAt()).isEqualTo(SessionFixture.START.plusSeconds(life));
            assertThat(token).matches("s1\\.([A-Za-z0-9_-]+|~[A-Za-z0-9_-]*)\\.[A-Za-z0-9_-]{36}");
        }
    }

    @Property
    void anyText_verified_neverFails(@ForAll @StringLength(max = 200) String text) {
        try (SessionFixture fixture = new SessionFixture()) {
            assertThat(fixture.signer.verify(text)).isInstanceOf(Verification.Rejected.class);
            String framed = "s1." + text + fixture.signer.sign("u").substring(4);
            assertThat(fixture.signer.verify(framed)).isInstanceOf(Verification.Rejected.class);
        }
    }

    @Example
    void validToken_mutated100000Times_neverAccepted() {
        Random random = new Random(20_260_122);
        try (SessionFixture fixture = new SessionFixture()) {
            List<String> tokens = List.of(
                    fixture.signer.sign("user-42"), fixture.signer.sign(""), fixture.signer.sign("{\"sub\":\"7\"}"));
            int mutants = 0;
            for (int i = 0; i < 100_000; i++) {
                String token = tokens.get(i % tokens.size());
                String mutant = mutate(token, random);
                if (!mutant.equals(token)) {
                    mutants++;
                    assertThat(fixture.signer.verify(mutant)).as(mutant).isInstanceOf(Verification.Rejected.class);
                }
            }
            assertThat(mutants).isGreaterThan(90_000);
        }
    }

    /** One to three changes: a character replaced, flipped, left out, put in, swapped, or a part cut off. */
    private static String mutate(String token, Random random) {
        StringBuilder mutant = new StringBuilder(token);
        for (int changes = 1 + random.nextInt(3); changes > 0 && mutant.length() > 1; changes--) {
            int at = random.nextInt(mutant.length());
            char other = CHARACTERS.charAt(random.nextInt(CHARACTERS.length()));
            switch (random.nextInt(6)) {
                case 0 -> mutant.setCharAt(at, other);
                case 1 -> mutant.setCharAt(at, (char) (mutant.charAt(at) ^ 1 << random.nextInt(16)));
                case 2 -> mutant.deleteCharAt(at);
                case 3 -> mutant.insert(at, other);
                case 4 -> mutant.insert(at, mutant.charAt(random.nextInt(mutant.length())));
                default -> mutant.setLength(at);
            }
        }
        return mutant.toString();
    }
}
