package dev.slipring.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A server that speaks AWS JSON 1.1 as Secrets Manager does and keeps its documented rules: a client token has one
 * content for good, a label is on one version, {@code AWSCURRENT} is moved from where it is and {@code AWSPREVIOUS}
 * follows, 20 labels, 65 536 bytes, deletion on a later day, rights by action and secret.
 */
public final class FakeSecretsManager implements AutoCloseable {
    /** The access key of who may do everything. */
    public static final String ROOT = "ROOTKEY";

    static final String ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:";
    private static final int LONGEST = 65_536;
    private static final long DELETION = 1_900_000_000L;
    private static final int MOST_LABELS = 20;
    private static final int PAGE = 3;
    private static final Pattern CREDENTIAL = Pattern.compile("Credential=([^/]+)/[0-9]{8}/([^/]+)/");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, FakeSecret> secrets = new TreeMap<>();
    private final Map<String, FakePolicy> policies = new HashMap<>();
    private final Map<String, Runnable> hooks = new HashMap<>();
    private final Map<String, Integer> requests = new TreeMap<>();
    private int throttled;
    private int lost;
    private String refusal = "";

    /** An error of the service. */
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;
        private final String code;

        Refusal(String code, String message) {
            super(message);
            this.code = code;
        }
    }

    public FakeSecretsManager() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Lets the holder of {@code accessKey} do what {@code policy} says. */
    public synchronized void allow(String accessKey, String policy) {
        policies.put(accessKey, FakePolicy.parse(policy));
    }

    /** Refuses so many requests for being too many. */
    public synchronized void throttle(int times) {
        throttled = times;
    }

    /** Does what so many writes ask for, and loses the answers. */
    public synchronized void loseAnswers(int times) {
        lost = times;
    }

    /** Refuses everything with this code; nothing, if it is empty. */
    public synchronized void refuse(String code) {
        refusal = code;
    }

    /** Runs {@code hook} once, before the next request for {@code operation} is looked at. */
    synchronized void before(String operation, Runnable hook) {
        hooks.put(operation, hook);
    }

    synchronized int requests(String operation) {
        return requests.getOrDefault(operation, 0);
    }

    synchronized void delete(String name) {
        secrets.get(name).deleted = true;
    }

    synchronized void restore(String name) {
        secrets.get(name).deleted = false;
    }

    synchronized void enableRotation(String name) {
        secrets.computeIfAbsent(name, FakeSecret::new).rotated = true;
    }

    synchronized void own(String name, String service) {
        secrets.computeIfAbsent(name, FakeSecret::new).owner = service;
    }

    /** Makes a secret without a value, as somebody who cares for keys and tags. */
    synchronized void prepare(String name) {
        secrets.put(name, new FakeSecret(name));
    }

    /** Puts a text as somebody who knows nothing of records. */
    public synchronized void put(String name, String text) {
        String id = "by-hand-" + "0".repeat(24) + secrets.size();
        FakeSecret secret = secrets.computeIfAbsent(name, FakeSecret::new);
        secret.versions.put(id, new FakeSecret.Version("SecretString", text));
        secret.attach(FakeSecret.CURRENT, id);
    }

    /** Moves {@code AWSCURRENT} as an operator may. */
    synchronized void moveCurrent(String name, String id) {
        secrets.get(name).attach(FakeSecret.CURRENT, id);
    }

    /** The identifier of the version that has {@code label}. */
    synchronized String holder(String name, String label) {
        return secrets.get(name).holder(label).orElse("none");
    }

    /** What a plain reader sees: the text, or bytes in base64. */
    synchronized String plain(String name) {
        FakeSecret secret = secrets.get(name);
        return secret.versions.get(secret.holder(FakeSecret.CURRENT).orElseThrow()).content;
    }

    /** The labels of a secret's versions by their content, in order. */
    synchronized Map<String, String> labels(String name) {
        Map<String, String> labels = new TreeMap<>();
        secrets.get(name).versions.values().forEach(v -> labels.put(v.content, String.join(" ", v.labels)));
        return labels;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
        String operation = target.substring(target.indexOf('.') + 1);
        Map<String, Object> asked =
                JsonText.parse(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        Runnable hook;
        synchronized (this) {
            hook = hooks.remove(operation);
        }
        if (hook != null) {
            hook.run();
        }
        int status = 200;
        Object reply;
        boolean cut = false;
        synchronized (this) {
            requests.merge(operation, 1, Integer::sum);
            try {
                admit(exchange, operation, asked);
                reply = reply(operation, asked);
                cut = !operation.matches("(Get|Describe|List).*") && lost-- > 0;
            } catch (Refusal e) {
                status = 400;
                reply = Map.of("__type", e.code, "message", e.getMessage());
            }
        }
        if (cut) {
            throw new IOException("the reply is lost"); // the connection ends without one
        }
        byte[] bytes = JsonText.print(reply).getBytes(UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void admit(HttpExchange exchange, String operation, Map<String, Object> asked) throws Refusal {
        if (throttled > 0) {
            throttled--;
            throw new Refusal("ThrottlingException", "Rate exceeded");
        } else if (!refusal.isEmpty()) {
            throw new Refusal(refusal, "the words of the service");
        }
        Matcher credential = CREDENTIAL.matcher(exchange.getRequestHeaders().getFirst("Authorization"));
        if (!credential.find() || !credential.group(2).equals("eu-central-1")) {
            throw new Refusal("InvalidSignatureException", "Credential should be scoped to a valid region.");
        }
        String key = credential.group(1);
        String name = (String) asked.getOrDefault("SecretId", asked.getOrDefault("Name", ""));
        if (!key.equals(ROOT) && !policies.containsKey(key)) {
            throw new Refusal("UnrecognizedClientException", "The security token included in the request is invalid.");
        } else if (!key.equals(ROOT) && !policies.get(key).allows("secretsmanager:" + operation, name)) {
            throw new Refusal(
                    "AccessDeniedException",
                    "User: " + key + " is not authorized to perform: secretsmanager:" + operation + " on resource: "
                            + name);
        }
    }

    private Object reply(String operation, Map<String, Object> asked) throws Refusal {
        return switch (operation) {
            case "CreateSecret" -> create(asked);
            case "PutSecretValue" -> put(asked);
            case "GetSecretValue" -> get(asked);
            case "DescribeSecret" -> describe(secret(asked));
            case "UpdateSecretVersionStage" -> move(asked);
            case "DeleteSecret" -> delete(asked);
            case "RestoreSecret" -> restore(asked);
            case "ListSecretVersionIds" -> versions(secret(asked), asked);
            case "ListSecrets" -> list(asked);
            default -> throw new Refusal("UnknownOperationException", operation);
        };
    }

    private FakeSecret secret(Map<String, Object> asked) throws Refusal {
        FakeSecret secret = secrets.get((String) asked.get("SecretId"));
        if (secret == null) {
            throw missing("Secrets Manager can't find the specified secret.");
        }
        return secret;
    }

    private FakeSecret kept(Map<String, Object> asked) throws Refusal {
        FakeSecret secret = secret(asked);
        if (secret.deleted) {
            throw new Refusal(
                    "InvalidRequestException",
                    "You can't perform this operation on the secret because it was marked for deletion.");
        }
        return secret;
    }

    private static Refusal missing(String what) {
        return new Refusal("ResourceNotFoundException", what);
    }

    private Object create(Map<String, Object> asked) throws Refusal {
        String name = (String) asked.get("Name");
        FakeSecret secret = secrets.get(name);
        if (secret != null && secret.deleted) {
            throw new Refusal(
                    "InvalidRequestException",
                    "You can't create this secret because a secret with this name is already scheduled for deletion.");
        } else if (secret != null) {
            String id = (String) asked.get("ClientRequestToken");
            if (!secret.versions.containsKey(id) || !secret.versions.get(id).equals(version(asked))) {
                throw new Refusal("ResourceExistsException", "The operation failed because the secret already exists.");
            }
            return Map.of("Name", name, "ARN", ARN + name, "VersionId", id);
        }
        boolean valued = asked.containsKey("SecretString") || asked.containsKey("SecretBinary");
        FakeSecret made = new FakeSecret(name);
        if (valued) {
            put(made, asked, List.of());
        }
        secrets.put(name, made);
        return Map.of("Name", name, "ARN", ARN + name);
    }

    private Object put(Map<String, Object> asked) throws Refusal {
        @SuppressWarnings("unchecked") // as the interface has it
        List<Object> labels = (List<Object>) asked.getOrDefault("VersionStages", List.of(FakeSecret.CURRENT));
        return put(kept(asked), asked, labels);
    }

    private static Object put(FakeSecret secret, Map<String, Object> asked, List<Object> labels) throws Refusal {
        String id = (String) asked.get("ClientRequestToken");
        if (id.length() < 32 || id.length() > 64) {
            throw new Refusal("InvalidParameterException", "ClientRequestToken");
        }
        FakeSecret.Version version = version(asked);
        FakeSecret.Version present = secret.versions.get(id);
        if (present != null && !present.equals(version)) {
            throw new Refusal(
                    "ResourceExistsException",
                    "You can't use ClientRequestToken " + id + " because that value is already in use.");
        } else if (present == null) {
            List<String> all =
                    new ArrayList<>(labels.stream().map(String.class::cast).toList());
            if (secret.versions.isEmpty() && !all.contains(FakeSecret.CURRENT)) {
                all.add(FakeSecret.CURRENT);
            }
            if (secret.labelsWith(all) > MOST_LABELS) {
                throw new Refusal("LimitExceededException", "You've exceeded the number of staging labels.");
            }
            secret.versions.put(id, version);
            all.forEach(label -> secret.attach(label, id));
        }
        return Map.of("Name", secret.name, "VersionId", id, "VersionStages", secret.versions.get(id).labels);
    }

    private static FakeSecret.Version version(Map<String, Object> asked) throws Refusal {
        String kind = asked.containsKey("SecretString") ? "SecretString" : "SecretBinary";
        String content = (String) asked.get(kind);
        int length = kind.equals("SecretString")
                ? content.getBytes(UTF_8).length
                : Base64.getDecoder().decode(content).length;
        if (length > LONGEST) {
            throw new Refusal("ValidationException", "Value '" + content + "' is too long");
        }
        return new FakeSecret.Version(kind, content);
    }

    private Object get(Map<String, Object> asked) throws Refusal {
        FakeSecret secret = kept(asked);
        String id = (String) asked.get("VersionId");
        if (id == null) {
            String label = (String) asked.getOrDefault("VersionStage", FakeSecret.CURRENT);
            id = secret.holder(label)
                    .orElseThrow(() -> missing(
                            "Secrets Manager can't find the specified secret value for staging label: " + label));
        }
        FakeSecret.Version version = secret.versions.get(id);
        if (version == null) {
            throw missing("Secrets Manager can't find the specified secret value for VersionId: " + id);
        }
        return Map.of(
                "Name", secret.name, "VersionId", id, "VersionStages", version.labels, version.kind, version.content);
    }

    private static Object describe(FakeSecret secret) {
        Map<String, Object> answer = new TreeMap<>(Map.of(
                "Name", secret.name, "VersionIdsToStages", secret.labelled(), "RotationEnabled", secret.rotated));
        if (secret.owner != null) {
            answer.put("OwningService", secret.owner);
        }
        if (secret.deleted) {
            answer.put("DeletedDate", DELETION);
        }
        return answer;
    }

    /** For good at once if that is asked for, whatever there is; else on a day from the 7th to the 30th. */
    private Object delete(Map<String, Object> asked) throws Refusal {
        String name = (String) asked.get("SecretId");
        boolean atOnce = "true".equals(asked.get("ForceDeleteWithoutRecovery"));
        int days = Integer.parseInt((String) asked.getOrDefault("RecoveryWindowInDays", "30"));
        if (atOnce && asked.containsKey("RecoveryWindowInDays")) {
            throw new Refusal("InvalidParameterException", "ForceDeleteWithoutRecovery with RecoveryWindowInDays");
        } else if (atOnce) {
            secrets.remove(name);
        } else if (days < 7 || days > 30) {
            throw new Refusal("InvalidParameterException", "RecoveryWindowInDays must be between 7 and 30 days");
        } else {
            kept(asked).deleted = true;
        }
        return Map.of("Name", name, "DeletionDate", DELETION);
    }

    private Object restore(Map<String, Object> asked) throws Refusal {
        FakeSecret secret = secret(asked);
        secret.deleted = false;
        return Map.of("Name", secret.name);
    }

    /** Those with a label, and the others only if they are asked for. */
    private static Object versions(FakeSecret secret, Map<String, Object> asked) {
        boolean all = "true".equals(asked.get("IncludeDeprecated"));
        List<Object> versions = new ArrayList<>();
        secret.versions.forEach((id, version) -> {
            if (all || !version.labels.isEmpty()) {
                versions.add(Map.of("VersionId", id, "VersionStages", version.labels));
            }
        });
        return Map.of("Name", secret.name, "Versions", versions);
    }

    private Object move(Map<String, Object> asked) throws Refusal {
        FakeSecret secret = kept(asked);
        String label = (String) asked.get("VersionStage");
        String to = (String) asked.get("MoveToVersionId");
        String from = (String) asked.get("RemoveFromVersionId");
        String holder = secret.holder(label).orElse(null);
        boolean there = (to == null || secret.versions.containsKey(to)) && (from == null || from.equals(holder));
        if (!there
                || (to == null && (from == null || label.equals(FakeSecret.CURRENT)))
                || (holder != null && !holder.equals(to) && from == null)) {
            throw new Refusal("InvalidParameterException", "The parameter RemoveFromVersionId can't be used so.");
        }
        if (to == null) {
            secret.versions.get(from).labels.remove(label);
        } else {
            secret.attach(label, to);
        }
        return Map.of("Name", secret.name);
    }

    private Object list(Map<String, Object> asked) {
        String start = JsonText.print(asked.get("Filters")).replaceAll(".*\"Values\":\\[\"([^\"]*)\"].*", "$1");
        int skipped = Integer.parseInt((String) asked.getOrDefault("NextToken", "0"));
        List<FakeSecret> found = secrets.values().stream()
                .filter(secret -> secret.name.startsWith(start) && !secret.deleted)
                .toList();
        Map<String, Object> answer = new TreeMap<>();
        answer.put(
                "SecretList",
                found.stream()
                        .skip(skipped)
                        .limit(PAGE)
                        .map(secret -> Map.of("Name", secret.name, "SecretVersionsToStages", secret.labelled()))
                        .collect(Collectors.toList()));
        if (found.size() > skipped + PAGE) {
            answer.put("NextToken", Integer.toString(skipped + PAGE));
        }
        return answer;
    }
}
