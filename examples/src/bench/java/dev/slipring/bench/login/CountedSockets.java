package dev.slipring.bench.login;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;

/**
 * The sockets of PostgreSQL's driver, counted: {@code socketFactory} in a URL names this class. A server goes on
 * counting a session until its process is gone, a moment after the client closed it; this does not. One count for the
 * process. Safe for use by several threads.
 */
public final class CountedSockets extends SocketFactory {
    private static final AtomicInteger OPEN = new AtomicInteger();
    private static final AtomicInteger PEAK = new AtomicInteger();

    /** For the driver. */
    public CountedSockets() {}

    /** Forgets what the peak was. */
    static void forget() {
        PEAK.set(OPEN.get());
    }

    /** The most that were open at a time. */
    static int peak() {
        return PEAK.get();
    }

    @Override
    public Socket createSocket() {
        return new Counted();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw new SocketException("the driver connects by itself");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        throw new SocketException("the driver connects by itself");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw new SocketException("the driver connects by itself");
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        throw new SocketException("the driver connects by itself");
    }

    private static final class Counted extends Socket {
        private final AtomicBoolean counted = new AtomicBoolean(true);

        Counted() {
            PEAK.accumulateAndGet(OPEN.incrementAndGet(), Math::max);
        }

        @Override
        public void close() throws IOException {
            try {
                super.close();
            } finally {
                if (counted.getAndSet(false)) {
                    OPEN.decrementAndGet();
                }
            }
        }
    }
}
