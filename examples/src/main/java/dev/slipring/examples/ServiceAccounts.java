package dev.slipring.examples;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The service accounts of a project at OpenAI, each with one key. The key of an account that was deleted is still
 * answered every other time for {@link #FADING}. Safe for use by several threads.
 */
final class ServiceAccounts {
    /** For how long a key outlives its account now and then. */
    static final Duration FADING = Duration.ofSeconds(1);

    private static final SecureRandom RANDOM = new SecureRandom();

    private final InstantSource clock;
    private final Optional<Path> file;
    private final Map<String, Account> byId = new HashMap<>();
    private final Map<String, Account> byKey = new HashMap<>();

    /** An account, which was deleted if it says when. */
    private static final class Account {
        private final String id;
        private final String name;
        private final String key;
        private @Nullable Instant lastUsed;
        private @Nullable Instant deleted;
        private boolean answeredLast;

        Account(String id, String name, String key) {
            this.id = id;
            this.name = name;
            this.key = key;
        }

        Listed listed() {
            String redacted = key.substring(0, 14) + "..." + key.substring(key.length() - 4);
            return new Listed(id, name, redacted, Optional.ofNullable(lastUsed));
        }
    }

    /**
     * An account as the service lists it.
     *
     * @param redacted its key, without what matters
     * @param lastUsed when that was last answered
     */
    record Listed(String id, String name, String redacted, Optional<Instant> lastUsed) {}

    /**
     * An account as it is shown once, when it is made.
     *
     * @param key its key
     */
    record Created(String id, String name, String key) {
        @Override
        public String toString() {
            return "Created[" + id + ", " + name + "]";
        }
    }

    /**
     * Those that {@code file} remembers, if there is one; it is written anew after each change.
     *
     * @throws UncheckedIOException if it cannot be read
     */
    ServiceAccounts(InstantSource clock, Optional<Path> file) {
        this.clock = clock;
        this.file = file;
        file.filter(Files::exists).ifPresent(this::load);
    }

    /** Makes an account. */
    synchronized Created create(String name) {
        Account account = new Account("svc_acct_" + random(8), name, "sk-svcacct-" + random(24));
        add(account);
        save();
        return new Created(account.id, account.name, account.key);
    }

    /** Deletes an account and with it its key; false if there is none. */
    synchronized boolean delete(String id) {
        Account account = byId.remove(id);
        if (account == null) {
            return false;
        }
        account.deleted = clock.instant();
        save();
        return true;
    }

    /** Those that were not deleted. */
    synchronized List<Listed> list() {
        return byId.values().stream().map(Account::listed).toList();
    }

    /** Whether a call with {@code key} is answered. */
    synchronized boolean answers(String key) {
        Account account = byKey.get(key);
        if (account == null) {
            return false;
        }
        Instant now = clock.instant();
        Instant deleted = account.deleted;
        if (deleted != null) {
            account.answeredLast = !account.answeredLast && now.isBefore(deleted.plus(FADING));
            return account.answeredLast;
        }
        account.lastUsed = now;
        return true;
    }

    private void add(Account account) {
        byId.put(account.id, account);
        byKey.put(account.key, account);
    }

    private static String random(int bytes) {
        byte[] drawn = new byte[bytes];
        RANDOM.nextBytes(drawn);
        return HexFormat.of().formatHex(drawn);
    }

    private void load(Path from) {
        Properties all = new Properties();
        try (Reader in = Files.newBufferedReader(from)) {
            all.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (String id : all.stringPropertyNames()) {
            String[] nameAndKey = all.getProperty(id).split(" ", 2);
            add(new Account(id, nameAndKey[0], nameAndKey[1]));
        }
    }

    private void save() {
        if (file.isEmpty()) {
            return;
        }
        Properties all = new Properties();
        byId.values().forEach(account -> all.setProperty(account.id, account.name + " " + account.key));
        try {
            Path target = file.get();
            if (!Files.exists(target)) {
                Files.createFile(
                        target, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            try (Writer out = Files.newBufferedWriter(target)) {
                all.store(out, "accounts of the service that the demo's API key is of");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
