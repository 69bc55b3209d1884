package dev.slipring.observe;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.slipring.keyring.RefreshFailure;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How the secrets of one replica stand at one moment: a snapshot for readiness probes, dashboards and people. Metadata
 * only. Immutable.
 *
 * <p>A view older than the lease L is {@link HealthStatus#OUT_OF_SERVICE} whether stale replicas stop or go on, since
 * from then on others may revoke what this one uses. What follows is the probe's to choose. One that takes a replica out
 * of the load balancer by {@link #status} keeps requests from a replica that is cut off alone, and takes out all of them
 * when it is the store that is out. One that asks {@link #produces} does what the policies of the secrets say: under
 * KEEP it goes on, so that an outage of the store alone takes no service down; under STOP it ends. Neither is a reason
 * to restart a process, which would find no view at all.
 *
 * @param secrets each secret that is in use, by name
 */
public record Health(List<SecretHealth> secrets) {
    private static final JsonFactory FACTORY = new JsonFactory();

    /** The health of these secrets. */
    public Health {
        secrets = secrets.stream()
                .sorted(Comparator.comparing(SecretHealth::secret))
                .toList();
    }

    /** The worst of all secrets; {@link HealthStatus#UP} if there are none. */
    public HealthStatus status() {
        return secrets.stream().map(SecretHealth::status).reduce(HealthStatus.UP, HealthStatus::orWorse);
    }

    /** Whether every secret may be produced with. */
    public boolean produces() {
        return secrets.stream().allMatch(SecretHealth::produces);
    }

    /** The secret {@code name}, if it is in use. */
    public Optional<SecretHealth> secret(String name) {
        return secrets.stream()
                .filter(each -> each.secret().value().equals(name))
                .findFirst();
    }

    /**
     * As a JSON object: {@code status}, {@code produces}, and {@code secrets}, an object by name. Fields may be added.
     * Durations are in whole seconds.
     */
    public String json() {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("status", status().name());
            json.writeBooleanField("produces", produces());
            json.writeObjectFieldStart("secrets");
            for (SecretHealth secret : secrets) {
                json.writeObjectFieldStart(secret.secret().value());
                write(json, secret);
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail to be written", e);
        }
        return out.toString();
    }

    private static void write(JsonGenerator json, SecretHealth secret) throws IOException {
        json.writeStringField("status", secret.status().name());
        json.writeBooleanField("produces", secret.produces());
        json.writeArrayFieldStart("findings");
        for (Finding finding : secret.findings()) {
            json.writeStartObject();
            json.writeStringField("kind", finding.kind().name());
            json.writeStringField("detail", finding.detail());
            json.writeEndObject();
        }
        json.writeEndArray();
        if (secret.view().isPresent()) {
            write(json, secret.view().get());
        }
    }

    private static void write(JsonGenerator json, SecretHealth.Seen view) throws IOException {
        json.writeNumberField("primary", view.primary());
        json.writeStringField("phase", view.phase().name());
        if (view.age().isPresent()) {
            json.writeNumberField(
                    "ageSeconds", view.age().map(Duration::toSeconds).get());
        }
        json.writeNumberField("stalenessSeconds", view.staleness().toSeconds());
        json.writeNumberField("leaseSeconds", view.lease().toSeconds());
        if (view.lastFailure().isPresent()) {
            RefreshFailure last = view.lastFailure().get();
            json.writeObjectFieldStart("lastFailure");
            json.writeStringField("type", last.type());
            json.writeNumberField("secondsAgo", last.ago().toSeconds());
            json.writeEndObject();
        }
    }

    /** A line for all, and one for each secret. */
    @Override
    public String toString() {
        return secrets.stream()
                .map(SecretHealth::toString)
                .collect(Collectors.joining(
                        System.lineSeparator() + "  ",
                        status() + (secrets.isEmpty() ? "" : System.lineSeparator() + "  "),
                        ""));
    }
}
