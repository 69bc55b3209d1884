package dev.slipring.aws;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** One secret of a {@link FakeSecretsManager}: its versions by identifier, with their labels. */
final class FakeSecret {
    static final String CURRENT = "AWSCURRENT";

    final String name;
    final Map<String, Version> versions = new LinkedHashMap<>();
    boolean deleted;
    boolean rotated;
    String owner;

    /** A content for good, and labels that move. */
    static final class Version {
        final String kind;
        final String content;
        final Set<String> labels = new TreeSet<>();

        Version(String kind, String content) {
            this.kind = kind;
            this.content = content;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Version that && kind.equals(that.kind) && content.equals(that.content);
        }

        @Override
        public int hashCode() {
            return Objects.hash(kind, content);
        }
    }

    FakeSecret(String name) {
        this.name = name;
    }

    Optional<String> holder(String label) {
        return versions.entrySet().stream()
                .filter(version -> version.getValue().labels.contains(label))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** Attaches {@code label} to the version {@code id} and to no other. */
    void attach(String label, String id) {
        Optional<String> holder = holder(label).filter(other -> !other.equals(id));
        holder.ifPresent(other -> versions.get(other).labels.remove(label));
        versions.get(id).labels.add(label);
        if (label.equals(CURRENT)) {
            holder.ifPresent(other -> attach("AWSPREVIOUS", other));
        }
    }

    /** How many labels there would be with these. */
    int labelsWith(Iterable<String> more) {
        Set<String> labels = new TreeSet<>();
        versions.values().forEach(version -> labels.addAll(version.labels));
        more.forEach(labels::add);
        return labels.size();
    }

    /** The labels of the versions that have any. */
    Map<String, Set<String>> labelled() {
        Map<String, Set<String>> labels = new TreeMap<>();
        versions.forEach((id, version) -> {
            if (!version.labels.isEmpty()) {
                labels.put(id, version.labels);
            }
        });
        return labels;
    }
}
