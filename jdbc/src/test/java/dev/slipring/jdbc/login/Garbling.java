package dev.slipring.jdbc.login;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Makes a syntax error of each statement that sets a password, right before the password. */
record Garbling(ConnectionSource source) implements ConnectionSource {
    @Override
    public Connection open() throws SQLException {
        Connection real = source.open();
        return (Connection) Proxy.newProxyInstance(
                Garbling.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    Object result = invoke(real, method, arguments);
                    return method.getName().equals("createStatement") ? garbled((Statement) result) : result;
                });
    }

    private static Statement garbled(Statement real) {
        return (Statement) Proxy.newProxyInstance(
                Garbling.class.getClassLoader(), new Class<?>[] {Statement.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("execute")) {
                        arguments[0] = ((String) arguments[0]).replaceFirst("(PASSWORD|USING) '", "$1 '' '");
                    }
                    return invoke(real, method, arguments);
                });
    }

    private static Object invoke(Object target, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
