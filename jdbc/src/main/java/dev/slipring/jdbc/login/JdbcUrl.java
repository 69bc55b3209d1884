package dev.slipring.jdbc.login;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A JDBC URL that was checked to hold no credential. */
record JdbcUrl(String text) {
    /** A name and its value after {@code ?}, {@code &} or {@code ;}. */
    private static final Pattern PARAMETER = Pattern.compile("([?&;])([^=?&;]*)=([^?&;]*)");

    /** {@code user:password@} before a host, or {@code user/password@} as Oracle has it. */
    private static final Pattern USER_INFO = Pattern.compile("^(jdbc:[^?;]*?(?://|:))([^/?;,]*|[^/:?;]+/[^/?;]*)@");

    private static final Set<String> CREDENTIALS =
            Set.of("user", "username", "uid", "password", "password1", "password2", "password3", "pwd", "passwd");

    /**
     * The URL spelled {@code text}.
     *
     * @throws IllegalArgumentException if it holds a credential; the message shows the URL without
     */
    static JdbcUrl withoutCredentials(String text) {
        String bare = strip(text);
        if (!bare.equals(text)) {
            throw new IllegalArgumentException("the JDBC URL " + bare
                    + " was given with a credential (removed here), which would beat the rotated login; remove it");
        }
        return new JdbcUrl(text);
    }

    static boolean namesCredential(String parameter) {
        return CREDENTIALS.contains(decoded(parameter).strip().toLowerCase(Locale.ROOT));
    }

    /** The URL without its parameters: what two pools over one database have in common. */
    String database() {
        return text.split("[?;]", 2)[0];
    }

    @Override
    public String toString() {
        return text;
    }

    private static String strip(String text) {
        String bare = USER_INFO.matcher(text).replaceFirst("$1");
        StringBuilder out = new StringBuilder();
        int kept = 0;
        boolean dropped = false;
        Matcher parameter = PARAMETER.matcher(bare);
        while (parameter.find()) {
            out.append(bare, kept, parameter.start());
            kept = parameter.end();
            if (!namesCredential(parameter.group(2))) {
                boolean first =
                        dropped && out.indexOf("?") < 0 && parameter.group(1).equals("&");
                out.append(first ? "?" + parameter.group().substring(1) : parameter.group());
            } else {
                dropped = true;
            }
        }
        return out.append(bare, kept, bare.length()).toString();
    }

    private static String decoded(String name) {
        try {
            return URLDecoder.decode(name, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return name;
        }
    }
}
