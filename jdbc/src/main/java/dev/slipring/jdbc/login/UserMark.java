package dev.slipring.jdbc.login;

import dev.slipring.rotation.Issuance;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who owns a user that stays while its password rotates: the version whose password was set last, and the latest
 * ones that were revoked, which may come late but not come back. Its alphabet needs no escaping in SQL.
 */
record UserMark(SlotTag current, SortedSet<Integer> revoked) {
    /** What an administrator sets to hand a user over. */
    static final String OFFERED = "offered";

    /** A call that was begun before so many later versions were revoked has long been given up. */
    private static final int REMEMBERED = 16;

    private static final Pattern FORM = Pattern.compile("(\\S+)(?: revoked:([0-9,]+))?");

    static Optional<UserMark> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        TreeSet<Integer> revoked = new TreeSet<>();
        String numbers = matcher.group(2);
        for (String number : numbers == null ? new String[0] : numbers.split(",")) {
            revoked.add(Integer.valueOf(number));
        }
        return SlotTag.parse(matcher.group(1)).map(tag -> new UserMark(tag, revoked));
    }

    UserMark installed(Issuance issuance) {
        return new UserMark(SlotTag.of(issuance), revoked);
    }

    UserMark revoked(int version) {
        TreeSet<Integer> more = new TreeSet<>(revoked);
        more.add(version);
        while (more.size() > REMEMBERED) {
            more.pollFirst();
        }
        return new UserMark(current, more);
    }

    @Override
    public String toString() {
        String numbers = String.join(",", revoked.stream().map(String::valueOf).toList());
        return current + (numbers.isEmpty() ? "" : " revoked:" + numbers);
    }
}
