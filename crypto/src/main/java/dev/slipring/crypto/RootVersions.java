package dev.slipring.crypto;

import dev.slipring.keyring.SecretStrength;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.UnusableRecordException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The versions of a root key as they were read at one moment, each fit to be one. Owns its values. */
final class RootVersions {
    /** What the number of a version looks like. */
    static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,8}");

    private static final String SEALS = "_SEALS";

    private final String where;
    private final SortedMap<Integer, SecretValue> values;
    private final int seals;

    /** Where versions are read from, each time anew. */
    interface Place {
        RootVersions read();
    }

    private RootVersions(String where, SortedMap<Integer, SecretValue> values, int seals) {
        this.where = where;
        this.values = Collections.unmodifiableSortedMap(values);
        this.seals = seals;
    }

    /** Takes over {@code values}, which are wiped if they are not accepted; an empty {@code seals} means the only one. */
    static RootVersions owning(String where, Map<Integer, SecretValue> values, String seals) {
        try {
            SortedMap<Integer, SecretValue> sorted = new TreeMap<>(values);
            sorted.forEach((number, value) -> requireFit(where, number, value));
            return new RootVersions(where, sorted, sealing(where, sorted, seals));
        } catch (RuntimeException e) {
            values.values().forEach(SecretValue::wipe);
            throw e;
        }
    }

    /** Copies {@code values}. */
    static RootVersions copyOf(String where, Map<Integer, SecretValue> values, int seals) {
        return owning(where, copies(values), Integer.toString(seals));
    }

    /** Copies {@code values}, which are no keys but name them. */
    static RootVersions naming(String where, Map<Integer, SecretValue> values, int seals) {
        SortedMap<Integer, SecretValue> copies = copies(values);
        return new RootVersions(where, copies, sealing(where, copies, Integer.toString(seals)));
    }

    private static SortedMap<Integer, SecretValue> copies(Map<Integer, SecretValue> values) {
        SortedMap<Integer, SecretValue> copies = new TreeMap<>();
        values.forEach((number, value) -> copies.put(number, value.copy()));
        return copies;
    }

    /** The versions in {@code V_1}, {@code V_2} and so on, and {@code V_SEALS}. */
    static RootVersions ofVariables(Map<String, String> environment, String variable) {
        SortedMap<Integer, SecretValue> values = new TreeMap<>();
        String prefix = variable + "_";
        environment.forEach((name, text) -> {
            String number = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
            if (NUMBER.matcher(number).matches()) {
                values.put(Integer.valueOf(number), ofBytes(name, text.getBytes(StandardCharsets.UTF_8)));
            }
        });
        return owning("environment variables " + prefix + "n", values, environment.getOrDefault(variable + SEALS, ""));
    }

    /** A key of {@code bytes}, which are wiped: text without the end of its last line, anything else as it stands. */
    static SecretValue ofBytes(String where, byte[] bytes) {
        int length = bytes.length;
        if (isText(bytes)) {
            while (length > 0 && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r')) {
                length--;
            }
        }
        byte[] key = Arrays.copyOf(bytes, length);
        try {
            return SecretValue.copyOf(key);
        } catch (IllegalArgumentException e) {
            throw new UnusableRecordException(where + ": " + e.getMessage(), null);
        } finally {
            Arrays.fill(key, (byte) 0);
            Arrays.fill(bytes, (byte) 0);
        }
    }

    SortedMap<Integer, SecretValue> values() {
        return values;
    }

    int seals() {
        return seals;
    }

    /**
     * Refuses another key under a number that had one.
     *
     * @throws UnusableRecordException if a version of {@code before} is another one here
     */
    void checkSuccessor(RootVersions before) {
        values.forEach((number, value) -> {
            SecretValue old = before.values.get(number);
            if (old != null && !old.equals(value)) {
                throw new UnusableRecordException(
                        where + ": version " + number + " is another key than it was; a new key needs a new number",
                        null);
            }
        });
    }

    /** Whether the same versions are here, of which the same one seals. */
    boolean sameAs(RootVersions other) {
        return seals == other.seals && values.keySet().equals(other.values.keySet());
    }

    void wipe() {
        values.values().forEach(SecretValue::wipe);
    }

    private static boolean isText(byte[] bytes) {
        for (byte b : bytes) {
            if ((b < ' ' || b > '~') && b != '\n' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    private static void requireFit(String where, int number, SecretValue value) {
        if (value.length() < Kek.MIN_VALUE) {
            throw new UnusableRecordException(
                    where + ": version " + number + " has " + value.length() + " bytes; a root key takes at least "
                            + Kek.MIN_VALUE,
                    null);
        }
        SecretStrength.flaw(value).ifPresent(flaw -> {
            throw new UnusableRecordException(where + ": version " + number + " " + flaw, null);
        });
    }

    private static int sealing(String where, SortedMap<Integer, SecretValue> values, String seals) {
        if (values.isEmpty()) {
            throw new UnusableRecordException(where + ": there is no version of the root key", null);
        }
        if (seals.isBlank() && values.size() == 1) {
            return values.firstKey();
        }
        if (!NUMBER.matcher(seals.strip()).matches() || !values.containsKey(Integer.valueOf(seals.strip()))) {
            throw new UnusableRecordException(
                    where + ": nothing says which of the versions " + values.keySet() + " seals", null);
        }
        return Integer.parseInt(seals.strip());
    }
}
