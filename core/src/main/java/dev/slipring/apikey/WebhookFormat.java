package dev.slipring.apikey;

import dev.slipring.apikey.WebhookVerification.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a kind of sender signs: what its headers say, over what bytes, and how secret and code are spelled. All of them
 * sign by HMAC-SHA-256. Lenience would only help who forges, so each has one spelling; what verifiers are told to leave
 * aside, such as signatures of another scheme, is left aside.
 */
enum WebhookFormat {
    /**
     * {@code Stripe-Signature: t=<seconds>,v1=<hex>,...} over {@code <seconds>.<body>}. Items are {@code name=value},
     * separated by commas without blanks; {@code t} comes once; of the others only {@code v1} is looked at.
     */
    STRIPE {
        @Override
        Reading read(Function<String, @Nullable String> headers) {
            String header = headers.apply("Stripe-Signature");
            if (header == null) {
                return Refused.MISSING;
            }
            String seconds = null;
            List<String> signatures = new ArrayList<>();
            for (String item : items(header, ',')) {
                int equals = item.indexOf('=');
                String value = item.substring(equals + 1);
                if (equals < 1 || (item.startsWith("t=") && (seconds != null || !isTime(value)))) {
                    return Refused.MALFORMED;
                }
                if (item.startsWith("t=")) {
                    seconds = value;
                } else if (item.startsWith("v1=")) {
                    signatures.add(value);
                }
            }
            return seconds == null || !areAll(HEX_CODE, signatures)
                    ? Refused.MALFORMED
                    : new Delivery(seconds + ".", Long.parseLong(seconds), null, signatures);
        }
    },

    /** {@code X-Hub-Signature-256: sha256=<hex>} over the body; neither time nor id is signed. */
    GITHUB {
        private static final String PREFIX = "sha256=";

        @Override
        Reading read(Function<String, @Nullable String> headers) {
            String header = headers.apply("X-Hub-Signature-256");
            if (header == null) {
                return Refused.MISSING;
            }
            List<String> signature = header.startsWith(PREFIX) ? List.of(header.substring(PREFIX.length())) : List.of();
            return areAll(HEX_CODE, signature) ? new Delivery("", NO_TIME, null, signature) : Refused.MALFORMED;
        }

        @Override
        boolean signsTime() {
            return false;
        }
    },

    /**
     * Standard Webhooks: {@code webhook-id}, {@code webhook-timestamp: <seconds>} and {@code webhook-signature: v1,
     * <base64> ...} over {@code <id>.<seconds>.<body>}. Signatures are separated by one blank each; only
     * {@code v1} is looked at. An id has no full stop, which would let a boundary move. The key is the base64
     * behind {@code whsec_}, which may be left out.
     */
    STANDARD {
        private static final byte[] PREFIX = {'w', 'h', 's', 'e', 'c', '_'};

        @Override
        Reading read(Function<String, @Nullable String> headers) {
            String id = headers.apply("webhook-id");
            String seconds = headers.apply("webhook-timestamp");
            String header = headers.apply("webhook-signature");
            if (id == null || seconds == null || header == null) {
                return Refused.MISSING;
            }
            List<String> signatures = new ArrayList<>();
            for (String item : items(header, ' ')) {
                int comma = item.indexOf(',');
                if (comma < 1) {
                    return Refused.MALFORMED;
                }
                if (item.startsWith("v1,")) {
                    signatures.add(item.substring(comma + 1));
                }
            }
            return ID.matcher(id).matches() && isTime(seconds) && areAll(BASE64_CODE, signatures)
                    ? new Delivery(id + "." + seconds + ".", Long.parseLong(seconds), id, signatures)
                    : Refused.MALFORMED;
        }

        @Override
        byte[] key(byte[] value) {
            int from = Arrays.mismatch(value, PREFIX) == PREFIX.length ? PREFIX.length : 0;
            byte[] text = Arrays.copyOfRange(value, from, value.length);
            try {
                return Base64.getDecoder().decode(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "is not base64, with or without whsec_ before it"); // no cause: it quotes
            } finally {
                Arrays.fill(text, (byte) 0);
            }
        }

        @Override
        String spelling(byte[] code) {
            return Base64.getEncoder().encodeToString(code);
        }
    };

    /** Where the format signs no time. */
    static final long NO_TIME = Long.MIN_VALUE;

    private static final int MOST_CHARACTERS = 4096;
    private static final int MOST_ITEMS = 16;
    private static final Pattern HEX_CODE = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern BASE64_CODE = Pattern.compile("[A-Za-z0-9+/]{43}=");
    private static final Pattern TIME = Pattern.compile("[0-9]{1,12}");
    private static final Pattern ID = Pattern.compile("[!-~&&[^.]]{1,256}");

    /** What the headers of a delivery say. */
    sealed interface Reading {}

    /** Nothing that could be verified. */
    record Refused(Reason reason) implements Reading {
        static final Refused MISSING = new Refused(Reason.MISSING_HEADER);
        static final Refused MALFORMED = new Refused(Reason.MALFORMED);
    }

    /**
     * What is to be verified.
     *
     * @param start what is signed before the body, ASCII
     * @param seconds since 1970, or {@link #NO_TIME}
     * @param id of the message, if the format signs one
     * @param signatures one at least, in the spelling of the format
     */
    record Delivery(String start, long seconds, @Nullable String id, List<String> signatures) implements Reading {}

    /** What {@code headers}, which has null for a header that is not there, says. */
    abstract Reading read(Function<String, @Nullable String> headers);

    /**
     * The key that {@code value} stands for, the caller's to wipe.
     *
     * @throws IllegalArgumentException if it is not spelled as one; the message is the rest of a sentence that begins
     *     with the value's name
     */
    byte[] key(byte[] value) {
        return value.clone();
    }

    /** The one spelling of {@code code} in a header. */
    String spelling(byte[] code) {
        return HexFormat.of().formatHex(code);
    }

    /** Whether a delivery is of a certain time. */
    boolean signsTime() {
        return true;
    }

    /** The items of a header; a single empty one, which no format has, if it is too long or has too many. */
    private static List<String> items(String header, char separator) {
        if (header.length() > MOST_CHARACTERS) {
            return List.of("");
        }
        List<String> items = List.of(header.split(Pattern.quote(String.valueOf(separator)), -1));
        return items.size() > MOST_ITEMS ? List.of("") : items;
    }

    private static boolean isTime(String text) {
        return TIME.matcher(text).matches();
    }

    /** Whether there is one at least and each has the form. */
    private static boolean areAll(Pattern form, List<String> signatures) {
        return !signatures.isEmpty() && signatures.stream().allMatch(form.asMatchPredicate());
    }
}
