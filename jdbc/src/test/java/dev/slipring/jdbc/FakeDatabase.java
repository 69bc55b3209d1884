package dev.slipring.jdbc;

import dev.slipring.jdbc.login.Connector;
import dev.slipring.jdbc.login.Login;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A database that knows logins and keeps sessions, without a network. Safe for use by several threads. */
final class FakeDatabase implements Connector {
    private final Map<String, String> failures = new HashMap<>();
    private final List<String> sessions = new ArrayList<>();
    private final List<String> attempts = new ArrayList<>();
    private boolean rightsMissing;
    private int peak;
    private Runnable duringNextConnect = () -> {};

    static byte[] login(String user) {
        return login(user, user + "-password");
    }

    static byte[] login(String user, String password) {
        return Login.of(user, password.getBytes(StandardCharsets.US_ASCII))
                .toValue()
                .copyBytes();
    }

    /** From now on this user, or this password, is refused with {@code state}, or accepted if that is null. */
    synchronized void refuse(String userOrPassword, String state) {
        failures.put(userOrPassword, state);
    }

    synchronized void lackRights(boolean missing) {
        rightsMissing = missing;
    }

    /** Runs {@code event} while the next connection is being opened. */
    synchronized void onNextConnect(Runnable event) {
        duringNextConnect = event;
    }

    synchronized List<String> sessions() {
        return List.copyOf(sessions);
    }

    synchronized List<String> attempts() {
        return List.copyOf(attempts);
    }

    synchronized int peak() {
        return peak;
    }

    @Override
    public synchronized Connection connect(Login login) throws SQLException {
        attempts.add(login.user());
        String state = failures.getOrDefault(login.user(), failures.get(login.revealPassword()));
        if (state != null) {
            throw new SQLException("refused " + login.user(), state);
        }
        Runnable meanwhile = duringNextConnect;
        duringNextConnect = () -> {};
        meanwhile.run();
        sessions.add(login.user());
        peak = Math.max(peak, sessions.size());
        boolean[] closed = new boolean[1];
        return fake(Connection.class, login.user(), closed);
    }

    private synchronized void end(String user) {
        sessions.remove(user);
    }

    private <T> T fake(Class<T> type, String user, boolean[] closed) {
        Object proxy = Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    switch (method.getName()) {
                        case "close":
                        case "abort":
                            if (type == Connection.class && !closed[0]) {
                                closed[0] = true;
                                end(user);
                            }
                            return null;
                        case "isClosed":
                            return closed[0];
                        case "isValid":
                            return !closed[0];
                        case "toString":
                            return "session of " + user;
                        case "createStatement":
                            return fake(Statement.class, user, closed);
                        case "execute":
                            if (rightsMissing
                                    && user.equals("app_b")
                                    && arguments[0].toString().contains("rights")) {
                                throw new SQLException("permission denied", "42501");
                            }
                            return true;
                        default:
                            return method.getReturnType() == boolean.class
                                    ? (Object) false
                                    : method.getReturnType() == int.class ? (Object) 0 : null;
                    }
                });
        return type.cast(proxy);
    }
}
