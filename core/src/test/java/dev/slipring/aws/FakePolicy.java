package dev.slipring.aws;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A policy of AWS Identity and Access Management, as far as {@link AwsPolicies} writes it. */
record FakePolicy(List<Map<String, Object>> statements) {
    @SuppressWarnings("unchecked") // as the language has it
    static FakePolicy parse(String text) {
        return new FakePolicy((List<Map<String, Object>>) JsonText.parse(text).get("Statement"));
    }

    /** Whether {@code action} is allowed on the secret called {@code name}. */
    boolean allows(String action, String name) {
        // Six characters that the service draws; what is only to be made has none yet.
        String address = FakeSecretsManager.ARN + name + (action.endsWith(":CreateSecret") ? "" : "-a1B2c3");
        return statements.stream()
                .anyMatch(statement -> texts(statement.get("Action")).contains(action)
                        && texts(statement.get("Resource")).stream().anyMatch(pattern -> matches(pattern, address))
                        && condition(statement, name));
    }

    private static boolean condition(Map<String, Object> statement, String name) {
        if (!(statement.get("Condition") instanceof Map<?, ?> condition)) {
            return true;
        }
        Map<?, ?> equal = (Map<?, ?>) condition.get("StringEquals");
        return texts(equal.get("secretsmanager:Name")).contains(name);
    }

    private static boolean matches(String pattern, String address) {
        String regex = Pattern.quote(pattern).replace("?", "\\E.\\Q").replace("*", "\\E.*\\Q");
        return Pattern.matches(regex, address);
    }

    private static List<String> texts(Object list) {
        return ((List<?>) list).stream().map(String.class::cast).toList();
    }
}
