package dev.slipring.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * The network between a client and a server on this machine, which fails when the test says so. Threads end on close.
 */
public final class FaultProxy implements AutoCloseable {
    private final int target;
    private final ServerSocket listening;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private volatile boolean refusing;
    private volatile boolean silent;
    private volatile CountDownLatch nextHeld;
    private volatile Trap trap;
    private volatile boolean sprung;

    /** Lets so many bytes of the reply to the next request with this text pass, and then cuts the connection. */
    private record Trap(byte[] request, int passing) {}

    private FaultProxy(int target) throws IOException {
        this.target = target;
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("accepts", this::accept);
    }

    /** In front of the server that listens at {@code port}; forwards everything until told otherwise. */
    public static FaultProxy before(int port) {
        try {
            return new FaultProxy(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** Whether new connections are reset at once. */
    public void refuse(boolean value) {
        refusing = value;
    }

    /** While {@code value}, what is sent either way is swallowed, and connections are accepted all the same. */
    public void silence(boolean value) {
        silent = value;
    }

    /** Resets every connection. */
    public void cut() {
        links.forEach(Link::reset);
    }

    /** The next connection is accepted, but reaches the server only once the answer is counted down. */
    public CountDownLatch holdNext() {
        CountDownLatch release = new CountDownLatch(1);
        nextHeld = release;
        return release;
    }

    /** Whether a connection is held since {@link #holdNext()}. */
    public boolean isHolding() {
        return nextHeld == null;
    }

    /**
     * The next request that has {@code request} in it reaches the server and is done; of the reply the client gets the
     * first {@code passing} bytes, and then a reset.
     */
    public void tearReplyTo(String request, int passing) {
        sprung = false;
        trap = new Trap(request.getBytes(StandardCharsets.US_ASCII), passing);
    }

    /** Whether a reply was torn since {@link #tearReplyTo}. */
    public boolean hasTorn() {
        return sprung;
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        CountDownLatch held = nextHeld;
        if (held != null) {
            held.countDown();
        }
        cut();
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void accept() throws IOException {
        while (!listening.isClosed()) {
            Socket client = listening.accept();
            Link link = new Link(client);
            links.add(link);
            if (refusing || listening.isClosed()) {
                link.reset();
                continue;
            }
            CountDownLatch held = nextHeld;
            nextHeld = null;
            start("from client", () -> link.run(held));
        }
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private void start(String what, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException | InterruptedException e) {
                        // one of the two sides has closed
                    }
                },
                "fault-proxy " + what);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    /** One connection: this side of it and the other. */
    private final class Link {
        private final Socket client;
        private volatile Socket server;
        private volatile boolean over;
        private volatile Trap caught;

        Link(Socket client) {
            this.client = client;
        }

        void run(CountDownLatch held) throws IOException, InterruptedException {
            if (held != null) {
                held.await();
            }
            try {
                server = new Socket(InetAddress.getLoopbackAddress(), target);
                if (!over) {
                    start("from server", this::down);
                    up();
                }
            } finally {
                reset();
            }
        }

        private void up() throws IOException {
            InputStream in = client.getInputStream();
            OutputStream out = server.getOutputStream();
            byte[] chunk = new byte[1 << 16];
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                Trap set = trap;
                if (set != null && contains(chunk, length, set.request)) {
                    trap = null;
                    caught = set;
                }
                if (!silent) {
                    out.write(chunk, 0, length);
                }
            }
        }

        private void down() throws IOException {
            try {
                InputStream in = server.getInputStream();
                OutputStream out = client.getOutputStream();
                byte[] chunk = new byte[1 << 16];
                for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                    Trap torn = caught;
                    int passing = torn == null ? length : Math.min(length, torn.passing);
                    if (!silent) {
                        out.write(chunk, 0, passing);
                    }
                    if (torn != null) {
                        sprung = true;
                        return;
                    }
                }
            } finally {
                reset();
            }
        }

        /** Both sides get a reset, not an orderly end. */
        void reset() {
            over = true;
            links.remove(this);
            for (Socket side : new Socket[] {client, server}) {
                try {
                    if (side != null) {
                        side.setSoLinger(true, 0);
                        side.close();
                    }
                } catch (IOException e) {
                    // it is closed already
                }
            }
        }
    }

    private static boolean contains(byte[] chunk, int length, byte[] wanted) {
        return new String(chunk, 0, length, StandardCharsets.ISO_8859_1)
                .contains(new String(wanted, StandardCharsets.ISO_8859_1));
    }
}
