package dev.slipring.vault;

import dev.slipring.keyring.SecretName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The rights that the users of a {@link VaultSecretStore} need and no more, in the policy language of the server.
 *
 * <p>What the server enforces: a reader writes no record and no value, and sees no value before its version is
 * published. Nobody but an operator undeletes or destroys, and nobody takes away that there ever was something: what a
 * rotator erases leaves a mark, and where {@link #keepingRotator} is what rotators have, only operators erase a value
 * that was ever published. Secrets that are not named are out of everybody's reach; a
 * {@code SealedSecretStore} around the store keeps its key as one of them, {@code slipring.installation-key}.
 *
 * <p>What it does not: a record is one entry, and what it says is not the server's to judge. Whoever may rotate may also
 * write what declares a version compromised, holds it, orders the end of a secret or starts a new incarnation; the
 * server's own audit log tells who wrote. A reader may read a value from its publication until it is erased, also while
 * its version is being revoked.
 *
 * <p>Immutable and safe for use by several threads.
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

    /** For replicas that use the secrets: records and published values, read alone, and their own reports. */
    public String reader() {
        List<String> rules = new ArrayList<>();
        for (SecretName secret : secrets) {
            rules.add(rule("data", paths.record(secret), "read"));
            rules.add(rule("data", paths.values(secret) + "/*", "read"));
            rules.add(rule("data", paths.reports(secret) + "/*", "create", "read", "update"));
        }
        return text(rules);
    }

    /**
     * For replicas that rotate them as well. Nothing that is secret can be deleted by it but in the way that leaves a
     * mark.
     */
    public String rotator() {
        List<String> rules = new ArrayList<>(rotate());
        for (SecretName secret : secrets) {
            rules.add(rule("data", paths.values(secret) + "/*", "create", "read", "update"));
            rules.add(rule("metadata", paths.values(secret) + "/*", "create", "update"));
        }
        return text(rules);
    }

    /**
     * For replicas that rotate secrets of which only operators destroy versions, as keys that encrypt are: the same,
     * but a value that was published can be neither erased nor sealed anew. For secrets whose versions are destroyed by
     * themselves once they have soaked, it is too little.
     */
    public String keepingRotator() {
        List<String> rules = new ArrayList<>(rotate());
        for (SecretName secret : secrets) {
            rules.add(rule("data", paths.values(secret) + "/*", "create", "read"));
        }
        return text(rules);
    }

    private List<String> rotate() {
        List<String> rules = new ArrayList<>();
        for (SecretName secret : secrets) {
            rules.add(rule("data", paths.record(secret), "create", "read", "update"));
            rules.add(rule("data", paths.staged(secret) + "/*", "create", "read", "update"));
            rules.add(rule("metadata", paths.staged(secret) + "/*", "create", "update"));
            rules.add(rule("data", paths.reports(secret) + "/*", "create", "read", "update"));
            rules.add(rule("metadata", paths.reports(secret), "list"));
            rules.add(rule("metadata", paths.reports(secret) + "/*", "delete"));
            if (mirrors) {
                rules.add(rule("data", paths.plain(secret), "create", "read", "update"));
                rules.add(rule("metadata", paths.plain(secret), "create", "update"));
            }
        }
        rules.add(rule("data", paths.installation(), "create", "read"));
        rules.add(rule("metadata", paths.records(), "list"));
        return rules;
    }

    /** For operators, who also erase, undelete, and destroy for good, what a store never does. */
    public String operator() {
        List<String> rules = new ArrayList<>();
        for (SecretName secret : secrets) {
            for (String path : List.of(
                    paths.record(secret),
                    paths.staged(secret) + "/*",
                    paths.values(secret) + "/*",
                    paths.plain(secret))) {
                rules.add(rule("undelete", path, "create", "update"));
                rules.add(rule("destroy", path, "create", "update"));
            }
        }
        return rotator() + text(rules);
    }

    private static String text(List<String> rules) {
        return String.join("\n", rules) + "\n";
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
