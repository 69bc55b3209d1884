package dev.slipring.rotation;

import dev.slipring.keyring.SecretValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An issuer in the heap. It knows which values are valid: one for each slot, one alone where installing is the switch,
 * otherwise any number. It notes every call, and can be told to fail and what to answer. Replicas share it. Safe
 * for use by several threads.
 */
final class RecordingIssuer implements SecretIssuer {
    private final IssuerTraits traits;
    /** What is valid, by place: the slot, {@code only} for a switching issuer, or the version. */
    private final Map<String, Valid> valid = new TreeMap<>();

    private final List<String> calls = new ArrayList<>();
    private final Map<String, Deque<RuntimeException>> failures = new HashMap<>();
    private final Deque<ProbeVerdict> verdicts = new ArrayDeque<>();
    private final Deque<UseReport> uses = new ArrayDeque<>();
    private int minted;

    /** A value that the issuer accepts, with the version that it was installed for. */
    record Valid(int version, String text) {}

    RecordingIssuer(IssuerTraits traits) {
        this.traits = traits;
    }

    /** The next calls of {@code method} throw, then answer again. */
    synchronized RecordingIssuer failing(String method, int times) {
        for (int i = 0; i < times; i++) {
            failures.computeIfAbsent(method, m -> new ArrayDeque<>())
                    .add(new IssuerException("the issuer failed to " + method));
        }
        return this;
    }

    /** The next probes answer this, whatever is the truth. */
    synchronized RecordingIssuer probing(ProbeVerdict... answers) {
        verdicts.addAll(List.of(answers));
        return this;
    }

    /** The next questions about use are answered like this; IDLE otherwise. */
    synchronized RecordingIssuer using(UseReport... answers) {
        uses.addAll(List.of(answers));
        return this;
    }

    /** What was called so far, as {@code method version}. */
    synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    /** How often something was called. */
    synchronized long count(String call) {
        return calls.stream().filter(call::equals).count();
    }

    synchronized List<Valid> valid() {
        return List.copyOf(valid.values());
    }

    synchronized boolean accepts(SecretValue value) {
        return valid.values().stream().anyMatch(v -> v.text.equals(text(value)));
    }

    @Override
    public IssuerTraits traits() {
        return traits;
    }

    @Override
    public synchronized SecretValue mint(Issuance issuance, Collection<SecretValue> existing) {
        called("mint", issuance);
        return SecretValue.copyOf(
                ("value " + issuance.version() + " draw " + ++minted).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public synchronized void install(Issuance issuance, SecretValue value) {
        called("install", issuance);
        valid.put(place(issuance), new Valid(issuance.version(), text(value)));
    }

    @Override
    public Map<String, String> attributes(SecretValue value) {
        return Map.of("length", String.valueOf(value.length()));
    }

    @Override
    public synchronized ProbeVerdict probe(Issuance issuance, SecretValue value) {
        called("probe", issuance);
        ProbeVerdict told = verdicts.poll();
        return told != null ? told : accepts(value) ? ProbeVerdict.ALIVE : ProbeVerdict.DEAD;
    }

    @Override
    public synchronized void revoke(Issuance issuance) {
        called("revoke", issuance);
        Valid present = valid.get(place(issuance));
        if (present != null && present.version == issuance.version()) {
            valid.remove(place(issuance));
        }
    }

    @Override
    public synchronized UseReport use(Issuance issuance) {
        called("use", issuance);
        UseReport told = uses.poll();
        return told != null ? told : UseReport.IDLE;
    }

    private String place(Issuance issuance) {
        return traits.install() == Install.AFTER_PUBLISH_DELAY
                ? "only"
                : issuance.slot().orElse("version " + issuance.version());
    }

    private void called(String method, Issuance issuance) {
        calls.add(method + " " + issuance.version());
        RuntimeException failure =
                failures.getOrDefault(method, new ArrayDeque<>()).poll();
        if (failure != null) {
            throw failure;
        }
    }

    private static String text(SecretValue value) {
        return value.reveal(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
}
