package dev.slipring.jdbc.login;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A script of what MySQL's manual says of the statements that are sent to it: accounts with a primary and an old
 * password, a lock, a default role, and the ledger's table. It refuses every statement that it does not know, and is no
 * MySQL server. Safe for use by several threads, one statement at a time.
 */
final class ScriptedMySql implements ConnectionSource {
    private static final String NAME = "`((?:[^`]|``)+)`@`((?:[^`]|``)+)`";
    private static final Pattern CREATE = Pattern.compile("CREATE USER " + NAME + " ACCOUNT LOCK");
    private static final Pattern ALTER = Pattern.compile("ALTER USER " + NAME + " (.*)");
    private static final Pattern SET_PASSWORD =
            Pattern.compile("IDENTIFIED BY '([^'\\\\]+)'( RETAIN CURRENT PASSWORD)?( ACCOUNT UNLOCK)?");
    private static final Pattern GRANT_ROLE = Pattern.compile("GRANT " + NAME + " TO " + NAME);

    private final Map<String, MyAccount> accounts = new TreeMap<>();
    private final Map<String, Map<Integer, List<Object>>> ledger = new TreeMap<>();
    private final List<String> executed = new ArrayList<>();
    private final Object lockOwner = new Object();
    private boolean tls = true;
    private Object locked = lockOwner;

    /** What the server knows of an account. */
    private static final class MyAccount {
        boolean locked = true;
        Optional<String> primary = Optional.empty();
        Optional<String> old = Optional.empty();
    }

    /** Every statement so far that was not a question, passwords included. */
    synchronized List<String> executed() {
        return List.copyOf(executed);
    }

    synchronized void offer(String account) {
        accounts.put(account, new MyAccount());
        ledger.computeIfAbsent(account, a -> new TreeMap<>())
                .put(0, new ArrayList<>(List.of(0, "", "", "OFFERED", "")));
    }

    /** A live account that somebody has made, with a password of theirs. */
    synchronized void live(String account, String password) {
        MyAccount made = new MyAccount();
        made.locked = false;
        made.primary = Optional.of(password);
        accounts.put(account, made);
    }

    synchronized void withoutTls() {
        tls = false;
    }

    /** What connecting as {@code login} does. */
    synchronized Connection connect(Login login) throws SQLException {
        MyAccount account = accounts.get(login.user() + "@%");
        Optional<String> password = Optional.of(login.revealPassword());
        if (account == null || (!account.primary.equals(password) && !account.old.equals(password))) {
            throw new SQLException("Access denied for user", "28000", 1045);
        }
        if (account.locked) {
            throw new SQLException("Access denied. Account is locked.", "HY000", 3118);
        }
        return connection();
    }

    @Override
    public Connection open() {
        return connection();
    }

    private Connection connection() {
        boolean[] closed = {false};
        return proxy(Connection.class, (self, method, arguments) -> {
            switch (method.getName()) {
                case "createStatement":
                case "prepareStatement":
                    String prepared = arguments == null ? "" : (String) arguments[0];
                    return statement(method.getReturnType(), prepared, self, closed);
                case "close":
                case "abort":
                    closed[0] = true;
                    release(self);
                    return null;
                case "equals":
                    return self == arguments[0];
                case "hashCode":
                    return System.identityHashCode(self);
                default:
                    throw new UnsupportedOperationException(method.toString());
            }
        });
    }

    private Object statement(Class<?> type, String prepared, Object connection, boolean[] closed) {
        Map<Integer, Object> bound = new TreeMap<>();
        return proxy(type, (self, method, arguments) -> {
            String name = method.getName();
            if (name.startsWith("set")) {
                if (!name.equals("setQueryTimeout")) {
                    bound.put((Integer) arguments[0], arguments[1]);
                }
                return null;
            }
            if (!name.startsWith("execute")) {
                return null;
            }
            if (closed[0]) {
                throw new SQLException("closed", "08003");
            }
            String sql = arguments == null ? prepared : (String) arguments[0];
            List<List<Object>> rows = run(sql, new ArrayList<>(bound.values()), connection);
            return name.equals("executeQuery") ? rows(rows) : name.equals("execute") ? (Object) true : 1;
        });
    }

    private synchronized List<List<Object>> run(String sql, List<Object> bound, Object connection) throws SQLException {
        if (sql.startsWith("SELECT GET_LOCK")) {
            while (locked != lockOwner) {
                await();
            }
            locked = connection;
            return List.of(List.of(1));
        } else if (sql.startsWith("SELECT RELEASE_LOCK")) {
            release(connection);
            return List.of(List.of(1));
        } else if (sql.startsWith("SHOW SESSION STATUS LIKE 'Ssl_cipher'")) {
            return List.of(List.of("Ssl_cipher", tls ? "TLS_AES_256_GCM_SHA384" : ""));
        } else if (sql.contains("FROM mysql.user")) {
            MyAccount found = accounts.get(bound.get(0) + "@" + bound.get(1));
            return found == null ? List.of() : List.of(List.of(found.locked, found.old.isPresent()));
        } else if (sql.startsWith("SELECT version, secret")) {
            return new ArrayList<>(ledger.getOrDefault(bound.get(0), Map.of()).values());
        } else if (sql.startsWith("SELECT 1") || sql.startsWith("SET SESSION lock_wait_timeout")) {
            return List.of();
        }
        executed.add(sql);
        change(sql, bound);
        return List.of();
    }

    private void change(String sql, List<Object> bound) throws SQLException {
        Matcher create = CREATE.matcher(sql);
        Matcher alter = ALTER.matcher(sql);
        if (sql.startsWith("INSERT INTO slipring.logins")) {
            ledger.computeIfAbsent((String) bound.get(0), a -> new TreeMap<>())
                    .put((Integer) bound.get(1), new ArrayList<>(bound.subList(1, 6)));
        } else if (sql.startsWith("UPDATE slipring.logins SET state = ?")) {
            ledger.get((String) bound.get(1)).get((Integer) bound.get(2)).set(3, bound.get(0));
        } else if (create.matches()) {
            if (accounts.putIfAbsent(name(create), new MyAccount()) != null) {
                throw new SQLException("Operation CREATE USER failed", "HY000", 1396);
            }
        } else if (alter.matches()) {
            MyAccount account = Optional.ofNullable(accounts.get(name(alter)))
                    .orElseThrow(() -> new SQLException("Operation ALTER USER failed", "HY000", 1396));
            alter(account, alter.group(3));
        } else if (!GRANT_ROLE.matcher(sql).matches()) {
            throw new SQLSyntaxErrorException("You have an error in your SQL syntax near '" + sql, "42000", 1064);
        }
    }

    private static void alter(MyAccount account, String how) throws SQLException {
        Matcher password = SET_PASSWORD.matcher(how);
        if (password.matches()) {
            if (password.group(2) != null) {
                account.old = account.primary;
            }
            account.primary = Optional.of(password.group(1));
            account.locked &= password.group(3) == null;
        } else if (how.equals("DISCARD OLD PASSWORD")) {
            account.old = Optional.empty();
        } else if (how.equals("ACCOUNT LOCK")) {
            account.locked = true;
        } else if (!how.startsWith("DEFAULT ROLE `") && !how.startsWith("WITH MAX_USER_CONNECTIONS ")) {
            throw new SQLSyntaxErrorException("You have an error in your SQL syntax near '" + how, "42000", 1064);
        }
    }

    private synchronized void release(Object connection) {
        if (locked == connection) {
            locked = lockOwner;
            notifyAll();
        }
    }

    private void await() throws SQLException {
        try {
            wait(10_000);
        } catch (InterruptedException e) {
            throw new SQLException(e);
        }
    }

    private static String name(Matcher matcher) {
        return matcher.group(1).replace("``", "`") + "@" + matcher.group(2).replace("``", "`");
    }

    private static ResultSet rows(List<List<Object>> rows) {
        int[] at = {-1};
        return proxy(ResultSet.class, (self, method, arguments) -> {
            switch (method.getName()) {
                case "next":
                    return ++at[0] < rows.size();
                case "getInt":
                    return ((Number) rows.get(at[0]).get((Integer) arguments[0] - 1)).intValue();
                case "getBoolean":
                case "getString":
                    return rows.get(at[0]).get((Integer) arguments[0] - 1);
                default:
                    return null;
            }
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(ScriptedMySql.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
