package dev.slipring.aws;

import dev.slipring.keyring.SecretName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The rights that the users of an {@link AwsSecretStore} need and no more, as policies of AWS Identity and Access
 * Management. Where secrets are encrypted under a key of the account's own, its use has to be allowed besides. What a
 * record says is not the service's to judge: whoever may write it may also command it. Immutable and safe for use by
 * several threads.
 */
public final class AwsPolicies {
    private static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}");

    private final SecretIds ids;
    private final Set<SecretName> secrets;
    private final String place;

    AwsPolicies(SecretIds ids, Set<SecretName> secrets, String place, String account) {
        if (!ACCOUNT.matcher(account).matches()) {
            throw new IllegalArgumentException("an account of AWS is called by 12 digits");
        }
        this.ids = ids;
        this.secrets = new TreeSet<>(secrets);
        this.place = place + ":" + account + ":secret:";
    }

    /** For replicas that use the secrets: records and values, read alone; the values of coming versions as well. */
    public String reader() {
        return document(List.of(read()));
    }

    /** For replicas that rotate them as well. Nothing can be deleted by it: labels can be moved. */
    public String rotator() {
        return document(rotate());
    }

    /** For operators, who also restore, and delete for good, what a store never does, and put moved labels right. */
    public String operator() {
        List<String> statements = new ArrayList<>(rotate());
        statements.add(statement(
                all(),
                "DeleteSecret",
                "RestoreSecret",
                "DescribeSecret",
                "ListSecretVersionIds",
                "UpdateSecretVersionStage"));
        return document(statements);
    }

    private String read() {
        return statement(all(), "GetSecretValue");
    }

    private List<String> rotate() {
        List<String> installation = List.of(ids.installation());
        return List.of(
                read(),
                statement(all(), "PutSecretValue"),
                statement(each(ids::values), "DescribeSecret", "UpdateSecretVersionStage"),
                statement(installation, "GetSecretValue", "PutSecretValue"),
                creation(),
                // The service lists all or none; what it lists are names and labels.
                "{\"Effect\":\"Allow\",\"Action\":[\"secretsmanager:ListSecrets\"],\"Resource\":[\"*\"]}");
    }

    private List<String> all() {
        List<String> names = new ArrayList<>(each(ids::values));
        names.addAll(each(ids::record));
        return names;
    }

    private List<String> each(Function<SecretName, String> name) {
        return secrets.stream().map(name).toList();
    }

    /** By name: what a secret is to be called has no address yet. */
    private String creation() {
        List<String> names = new ArrayList<>(all());
        names.add(ids.installation());
        return "{\"Effect\":\"Allow\",\"Action\":[\"secretsmanager:CreateSecret\"],\"Resource\":[\"*\"],"
                + "\"Condition\":{\"StringEquals\":{\"secretsmanager:Name\":" + array(names) + "}}}";
    }

    /** The service ends the address of a secret by a hyphen and six characters of its own. */
    private String statement(List<String> names, String... actions) {
        return "{\"Effect\":\"Allow\",\"Action\":"
                + array(List.of(actions).stream()
                        .map(action -> "secretsmanager:" + action)
                        .toList())
                + ",\"Resource\":"
                + array(names.stream().map(name -> place + name + "-??????").toList()) + "}";
    }

    /** Names are harmless in JSON. */
    private static String array(List<String> texts) {
        return texts.stream().collect(Collectors.joining("\",\"", "[\"", "\"]"));
    }

    private static String document(List<String> statements) {
        return "{\"Version\":\"2012-10-17\",\"Statement\":[\n  " + String.join(",\n  ", statements) + "\n]}\n";
    }

    @Override
    public String toString() {
        return "AwsPolicies" + secrets + "@" + place + ids;
    }
}
