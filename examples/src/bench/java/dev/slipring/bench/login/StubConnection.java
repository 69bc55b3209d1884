package dev.slipring.bench.login;

import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Struct;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;

/**
 * A connection to nothing: what a pool asks of one when it hands it out and takes it back is answered from memory, as
 * fast as that can be; nothing else is there. Not thread-safe.
 */
final class StubConnection implements Connection {
    private boolean autoCommit = true;
    private boolean closed;

    /** Any statement works and finds nothing. */
    @Override
    public Statement createStatement() {
        return (Statement) Proxy.newProxyInstance(
                Statement.class.getClassLoader(),
                new Class<?>[] {Statement.class},
                (proxy, method, arguments) -> method.getReturnType() == boolean.class
                        ? (Object) false
                        : method.getReturnType() == int.class ? (Object) 0 : null);
    }

    @Override
    public boolean isValid(int timeout) {
        return !closed;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public void abort(Executor executor) {
        closed = true;
    }

    @Override
    public SQLWarning getWarnings() {
        return null;
    }

    @Override
    public void clearWarnings() {}

    @Override
    public boolean getAutoCommit() {
        return autoCommit;
    }

    @Override
    public void setAutoCommit(boolean on) {
        autoCommit = on;
    }

    @Override
    public void commit() {}

    @Override
    public void rollback() {}

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public void setReadOnly(boolean on) {}

    @Override
    public int getTransactionIsolation() {
        return TRANSACTION_READ_COMMITTED;
    }

    @Override
    public void setTransactionIsolation(int level) {}

    @Override
    public int getNetworkTimeout() {
        return 0;
    }

    @Override
    public void setNetworkTimeout(Executor executor, int millis) {}

    @Override
    public String getCatalog() {
        return "stub";
    }

    @Override
    public String getSchema() {
        return "stub";
    }

    @Override
    public int getHoldability() {
        return 0;
    }

    @Override
    public Map<String, Class<?>> getTypeMap() {
        return Map.of();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (!type.isInstance(this)) {
            throw new SQLException("not a wrapper for " + type.getName());
        }
        return type.cast(this);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }

    @Override
    public PreparedStatement prepareStatement(String a) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CallableStatement prepareCall(String a) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String nativeSQL(String a) {
        throw new UnsupportedOperationException();
    }

    @Override
    public DatabaseMetaData getMetaData() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setCatalog(String a) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Statement createStatement(int a, int b) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PreparedStatement prepareStatement(String a, int b, int c) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CallableStatement prepareCall(String a, int b, int c) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setTypeMap(Map<String, Class<?>> a) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setHoldability(int a) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Savepoint setSavepoint() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Savepoint setSavepoint(String a) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void rollback(Savepoint a) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void releaseSavepoint(Savepoint a) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Statement createStatement(int a, int b, int c) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PreparedStatement prepareStatement(String a, int b, int c, int d) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CallableStatement prepareCall(String a, int b, int c, int d) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PreparedStatement prepareStatement(String a, int b) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PreparedStatement prepareStatement(String a, int[] b) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PreparedStatement prepareStatement(String a, String[] b) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Clob createClob() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Blob createBlob() {
        throw new UnsupportedOperationException();
    }

    @Override
    public NClob createNClob() {
        throw new UnsupportedOperationException();
    }

    @Override
    public SQLXML createSQLXML() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setClientInfo(String a, String b) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setClientInfo(Properties a) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String getClientInfo(String a) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Properties getClientInfo() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Array createArrayOf(String a, Object[] b) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Struct createStruct(String a, Object[] b) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setSchema(String a) {
        throw new UnsupportedOperationException();
    }
}
