package dev.slipring.jdbc.login;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** MariaDB's account statements, 10.4 and later. It takes hashes. */
final class MariaDbDialect implements AccountDialect {
    private static final String METHOD = "mysql_native_password";
    private static final Pattern JSON_STRING = Pattern.compile("\"([^\"]*)\"");
    private static final Pattern HASH = Pattern.compile("\\*[0-9A-F]{40}");

    @Override
    public Optional<Account> account(Connection connection, AccountName account) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT JSON_VALUE(Priv, '$.account_locked'),"
                + " JSON_EXTRACT(Priv, '$.authentication_string', '$.auth_or[*].authentication_string'),"
                + " JSON_EXTRACT(Priv, '$.plugin', '$.auth_or[*].plugin')"
                + " FROM mysql.global_priv WHERE User = ? AND Host = ?")) {
            query.setString(1, account.user());
            query.setString(2, account.host());
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                List<String> texts = strings(row.getString(2));
                List<String> hashes =
                        texts.stream().filter(HASH.asMatchPredicate()).toList();
                boolean another = strings(row.getString(3)).stream().anyMatch(plugin -> !plugin.equals(METHOD))
                        || texts.stream().anyMatch(text -> !text.isEmpty() && !hashes.contains(text));
                return Optional.of(new Account("1".equals(row.getString(1)), hashes, another));
            }
        }
    }

    /** Accepts each of the passwords with these hashes. */
    static String identified(List<String> hashes) {
        return "IDENTIFIED VIA "
                + String.join(
                        " OR ",
                        hashes.stream()
                                .map(hash -> METHOD + " USING '" + NativePassword.checked(hash) + "'")
                                .toList());
    }

    @Override
    public String identified(Connection connection, Login login) {
        return identified(List.of(NativePassword.hash(login)));
    }

    @Override
    public AccountName role(String name) {
        return AccountName.role(name);
    }

    @Override
    public String defaultRole(AccountName account, AccountName role) {
        return "SET DEFAULT ROLE " + role.quoted() + " FOR " + account.quoted();
    }

    @Override
    public String limited(long seconds) {
        return "SET SESSION max_statement_time = " + seconds + ", lock_wait_timeout = " + seconds;
    }

    @Override
    public String unlimited() {
        return "SET SESSION max_statement_time = DEFAULT, lock_wait_timeout = DEFAULT";
    }

    @Override
    public String grants(boolean roles) {
        return roles ? """
                -- MariaDB lets only those who may write its system tables choose a default role for somebody else.
                GRANT SELECT, UPDATE ON mysql.* TO :rotator;
                """ : """
                GRANT SELECT ON mysql.global_priv TO :rotator;
                """;
    }

    private static List<String> strings(@Nullable String json) {
        List<String> found = new ArrayList<>();
        Matcher string = JSON_STRING.matcher(json == null ? "" : json);
        while (string.find()) {
            found.add(string.group(1));
        }
        return found;
    }
}
