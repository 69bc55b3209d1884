package dev.slipring.session.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.session.ForeignReading.Found;
import dev.slipring.session.RequestCookies;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is not exactly a cookie that a framework made is not accepted. */
class ForeignMutationTest {
    private static final int TASKS = 8;
    private static final int MUTANTS_PER_TASK = 133_000;
    private static final int LONGEST = 300;
    private static final String CHARACTERS = "ABCwxyz0189-_~.=+/:%;\" \\'\u00e9\u0141\ud834";

    private final List<ForeignVector> vectors = new ArrayList<>();
    private final List<ForeignCodec> codecs = new ArrayList<>();
    private final Set<String> originals = new HashSet<>();

    ForeignMutationTest() {
        for (ForeignVector vector : ForeignVector.all()) {
            if (vector.header().length() <= LONGEST) {
                vectors.add(vector);
                codecs.add(vector.codec(vector.get("secret"), ForeignVector.DECOY));
                originals.addAll(spellings(vector));
            }
        }
    }

    @Test
    void cookies_mutatedAMillionTimes_areNeverAccepted() {
        long mutants = IntStream.range(0, TASKS)
                .parallel()
                .mapToLong(task -> mutants(new Random(20_260_301L + task)))
                .sum();
        System.out.println("foreign mutants refused: " + mutants);
        assertThat(mutants).isGreaterThanOrEqualTo(1_000_000);
    }

    private long mutants(Random random) {
        long mutants = 0;
        for (int i = 0; i < MUTANTS_PER_TASK; i++) {
            int at = random.nextInt(vectors.size());
            ForeignVector vector = vectors.get(at);
            String mutant = mutate(vector, random);
            RequestCookies cookies = RequestCookies.parse(mutant);
            if (!(codecs.get(at).read(cookies) instanceof Found found)) {
                mutants++;
            } else if (claims(cookies, vector).stream().noneMatch(originals::contains)) {
                throw new AssertionError(codecs.get(at) + " accepts " + mutant + " instead of " + vector.header()
                        + " and reads " + new String(found.payload(), StandardCharsets.UTF_8));
            }
        }
        return mutants;
    }

    /** The spellings that a framework has for the cookie: those of both versions of {@code cookie} are the same one. */
    private static Set<String> spellings(ForeignVector vector) {
        Set<String> spellings = new HashSet<>(claims(vector.cookies(), vector));
        String format = vector.get("format");
        if (format.equals("express") || format.equals("fastify")) {
            String plain = URLDecoder.decode(vector.value().replace("+", "%2B"), StandardCharsets.UTF_8);
            String encoded = URLEncoder.encode(plain, StandardCharsets.UTF_8)
                    .replace("+", "%20")
                    .replace("%21", "!")
                    .replace("%27", "'")
                    .replace("%28", "(")
                    .replace("%29", ")")
                    .replace("%7E", "~");
            spellings.add(format + "|" + encoded + "|");
            if (plain.chars().allMatch(c -> c > ' ' && c < 0x7F && "\",;\\%".indexOf(c) < 0)) {
                spellings.add(format + "|" + plain + "|");
            }
        }
        return spellings;
    }

    /**
     * Each value with each signature of its own, once the blanks around them are gone. Formats of which there are
     * cookies of several names do not bind the name.
     */
    private static List<String> claims(RequestCookies cookies, ForeignVector vector) {
        List<String> signatures = cookies.values(vector.name() + ".sig");
        List<String> claims = new ArrayList<>();
        for (String value : cookies.values(vector.name())) {
            for (String signature : signatures.isEmpty() ? List.of("") : signatures) {
                claims.add(vector.get("format") + "|" + value + "|" + signature);
            }
        }
        return claims;
    }

    private String mutate(ForeignVector vector, Random random) {
        String prefix = vector.name() + "=";
        String rest = vector.header().substring(prefix.length());
        String other = vectors.get(random.nextInt(vectors.size())).header();
        String foreign = other.substring(other.indexOf('=') + 1);
        return switch (random.nextInt(12)) {
            case 0 -> prefix + splice(rest, foreign, random);
            case 1 -> prefix + exchange(rest, foreign, random);
            case 2 -> prefix + respell(rest, random);
            case 3 -> prefix + foreign;
            default -> prefix + damage(rest, random);
        };
    }

    /** One to three changes: a character replaced, flipped, left out, put in, swapped or in another case. */
    private static String damage(String text, Random random) {
        StringBuilder mutant = new StringBuilder(text);
        for (int changes = 1 + random.nextInt(3); changes > 0 && mutant.length() > 1; changes--) {
            int at = random.nextInt(mutant.length());
            char c = mutant.charAt(at);
            char other = CHARACTERS.charAt(random.nextInt(CHARACTERS.length()));
            switch (random.nextInt(10)) {
                case 0 -> mutant.setCharAt(at, other);
                case 1 -> mutant.setCharAt(at, (char) (c ^ 1 << random.nextInt(16)));
                case 2 -> mutant.setCharAt(at, (char) (c ^ 1 << random.nextInt(3)));
                case 3 -> mutant.deleteCharAt(at);
                case 4 -> mutant.insert(at, other);
                case 5 -> mutant.insert(at, mutant.charAt(random.nextInt(mutant.length())));
                case 6 ->
                    mutant.setCharAt(
                            at, Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c));
                case 7 -> {
                    int to = random.nextInt(mutant.length());
                    mutant.setCharAt(at, mutant.charAt(to));
                    mutant.setCharAt(to, c);
                }
                case 8 -> mutant.setLength(at);
                default -> mutant.append(other);
            }
        }
        return mutant.toString();
    }

    /** The beginning of one and the end of the other. */
    private static String splice(String one, String other, Random random) {
        return one.substring(0, random.nextInt(one.length() + 1)) + other.substring(random.nextInt(other.length() + 1));
    }

    /** The same value with another's signature, or the other way round. */
    private static String exchange(String one, String other, Random random) {
        int mine = separator(one);
        int yours = separator(other);
        return random.nextBoolean()
                ? one.substring(0, mine) + other.substring(yours)
                : other.substring(0, yours) + one.substring(mine);
    }

    private static int separator(String text) {
        return Math.max(
                Math.max(text.lastIndexOf('.'), text.lastIndexOf(':')),
                Math.max(text.lastIndexOf("--"), text.lastIndexOf("; ")) + 1);
    }

    /** The same bytes in another spelling, as far as a lenient decoder would say. */
    private static String respell(String text, Random random) {
        int at = random.nextInt(text.length());
        char c = text.charAt(at);
        return switch (random.nextInt(9)) {
            case 0 -> text.substring(0, at) + String.format("%%%02X", (int) c) + text.substring(at + 1);
            case 1 -> text.substring(0, at) + String.format("%%%02x", (int) c) + text.substring(at + 1);
            case 2 -> text.substring(0, at) + String.format("\\%03o", (int) c) + text.substring(at + 1);
            case 3 -> text.replaceFirst("%([0-9A-F]{2})", random.nextBoolean() ? "%25$1" : "%0$1");
            case 4 -> text.contains("%") ? lower(text, text.indexOf('%')) : text + "=";
            case 5 ->
                URLDecoder.decode(text.replace("+", "%2B").replaceAll("%(?![0-9A-F]{2})", ""), StandardCharsets.UTF_8);
            case 6 ->
                random.nextBoolean()
                        ? "\"" + text + "\""
                        : text.replace('-', '+').replace('_', '/');
            case 7 -> random.nextBoolean() ? text.replace("=", "").replace("%3D", "") : text + "==";
            default -> lastBits(text, random);
        };
    }

    private static String lower(String text, int percent) {
        int end = Math.min(text.length(), percent + 3);
        return text.substring(0, percent) + text.substring(percent, end).toLowerCase(Locale.ROOT) + text.substring(end);
    }

    /** Another last character: in base64 it may stand for the same bytes. */
    private static String lastBits(String text, Random random) {
        int last = text.length() - 1;
        return text.substring(0, last) + (char) (text.charAt(last) + 1 + random.nextInt(3));
    }
}
