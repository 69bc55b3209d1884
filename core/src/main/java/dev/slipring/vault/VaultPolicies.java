package dev.slipring.vault;

import dev.slipring.keyring.SecretName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The rights that the users of a {@link VaultSecretStore} need and no more, in the policy language of the server. What
 * a record says is not the server's to judge: whoever may write it may also command it. Immutable and safe for use by
 * several threads.
 */
public final class VaultPolicies {
    private final VaultPaths paths;
    private final Set<SecretName> secrets;
    private final boolean mirrors;

    VaultPolicies(VaultPaths paths, Set<SecretName> secrets, boolean mirrors) {
        this.paths = paths;
        this.secrets = new TreeSet<>(secrets);
        this.mirrors = mirrors;
    }

    /** For replicas that use the secrets: records and values, read alone, and their own reports. */
    public String reader() {
        List<String> rules = new ArrayList<>();
        for (SecretName secret : secrets) {
            rules.add(rule("data", paths.record(secret), "read"));
            rules.add(rule("data", paths.values(secret) + "/*", "read"));
            rules.add(rule("data", paths.reports(secret) + "/*", "create", "read", "update"));
        }
        return String.join("\n", rules) + "\n";
    }

    /**
     * For replicas that rotate them as well. Nothing that is secret can be deleted by it but in the way that leaves a
     * mark.
     */
    public String rotator() {
        List<String> rules = new ArrayList<>();
        for (SecretName secret : secrets) {
            rules.add(rule("data", paths.record(secret), "create", "read", "update"));
            rules.add(rule("data", paths.values(secret) + "/*", "create", "read", "update"));
            rules.add(rule("metadata", paths.values(secret) + "/*", "create", "update"));
            rules.add(rule("data", paths.reports(secret) + "/*", "create", "read", "update"));
            rules.add(rule("metadata", paths.reports(secret), "list"));
            rules.add(rule("metadata", paths.reports(secret) + "/*", "delete"));
            if (mirrors) {
                rules.add(rule("data", paths.plain(secret), "create", "read", "update"));
                rules.add(rule("metadata", paths.plain(secret), "create", "update"));
            }
        }
        rules.add(rule("data", paths.installation(), "create", "read", "update"));
        rules.add(rule("metadata", paths.installation(), "create", "update"));
        rules.add(rule("metadata", paths.records(), "list"));
        return String.join("\n", rules) + "\n";
    }

    /** For operators, who also undelete, and take away for good, what a store never does. */
    public String operator() {
        List<String> rules = new ArrayList<>();
        for (SecretName secret : secrets) {
            for (String path : List.of(paths.record(secret), paths.values(secret) + "/*", paths.plain(secret))) {
                rules.add(rule("undelete", path, "create", "update"));
                rules.add(rule("destroy", path, "create", "update"));
            }
        }
        return rotator() + String.join("\n", rules) + "\n";
    }

    @Override
    public String toString() {
        return "VaultPolicies" + secrets + "@" + paths;
    }

    private String rule(String operation, String path, String... capabilities) {
        return "path \"" + paths.mount() + "/" + operation + "/" + path + "\" { capabilities = [\""
                + String.join("\", \"", capabilities) + "\"] }";
    }
}
