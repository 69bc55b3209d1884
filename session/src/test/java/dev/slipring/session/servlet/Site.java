package dev.slipring.session.servlet;

import dev.slipring.session.SessionSigner;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Stream;

/** A web application behind filters, with a secret, a clock and a signer for {@code __Host-sid}. */
final class Site implements AutoCloseable {
    static final Duration LIFE = Duration.ofHours(12);
    static final String COOKIE = "__Host-sid";

    final ManualClock clock = ManualClock.at(Instant.parse("2030-01-01T00:00:00Z"));
    final FakeSecret secret;
    final SessionSigner signer;
    final ExecutorService threads = Executors.newCachedThreadPool();

    private final EnumSet<DispatcherType> dispatches;
    private final Map<String, Action> actions = new ConcurrentHashMap<>();
    private final WebServer server;

    /** What a path of the application does. */
    interface Action {
        void serve(HttpServletRequest request, HttpServletResponse response) throws Exception;
    }

    private Site(boolean stopping, EnumSet<DispatcherType> dispatches, Function<Site, List<Filter>> filters) {
        this.dispatches = dispatches;
        secret = stopping
                ? FakeSecret.createStopping("session", clock, value(1))
                : FakeSecret.create("session", clock, value(1));
        signer = builder(COOKIE).build();
        server = WebServer.start(
                (classes, context) -> deploy(context, filters.apply(this)), Path.of("src/test/resources/site"));
    }

    /** The filter as it is unless told, for every kind of dispatch. */
    static Site usual() {
        return mapped(EnumSet.allOf(DispatcherType.class));
    }

    /** The same for some kinds of dispatch. */
    static Site mapped(EnumSet<DispatcherType> dispatches) {
        return new Site(false, dispatches, site -> List.of(site.filter().build()));
    }

    /** With a secret that does not produce while its view is stale. */
    static Site stopping() {
        return new Site(
                true,
                EnumSet.of(DispatcherType.REQUEST),
                site -> List.of(site.filter().build()));
    }

    /** With filters of the test's own. */
    static Site filtered(Function<Site, List<Filter>> filters) {
        return new Site(false, EnumSet.allOf(DispatcherType.class), filters);
    }

    SessionFilter.Builder filter() {
        return SessionFilter.builder(signer);
    }

    SessionSigner.Builder builder(String cookie) {
        return SessionSigner.builder(secret.rotating())
                .cookie(cookie)
                .maxLife(LIFE)
                .clock(clock);
    }

    static byte[] value(int number) {
        byte[] value = new byte[32];
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) (number + 7 * i);
        }
        return value;
    }

    /** Publishes, promotes and shows the next version. */
    void rotate() {
        secret.rotate(value(secret.rotating().keyring().versions().size() + 1));
    }

    /** What the {@code Cookie} header says of a session of {@code user} that begins now. */
    String login(String user) {
        return COOKIE + "=" + signer.sign(user);
    }

    void on(String path, Action action) {
        actions.put(path, action);
    }

    /** Requests {@code path} with any number of {@code Cookie} headers. */
    Answer get(String path, String... cookies) {
        return send("GET " + path, Stream.of(cookies).map("Cookie: "::concat).toArray(String[]::new));
    }

    /** Sends {@code request}, a method and a path, with header lines. */
    Answer send(String request, String... headers) {
        try {
            return Answer.to(server.port(), request, List.of(headers));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void deploy(ServletContext context, List<Filter> filters) {
        for (int i = 0; i < filters.size(); i++) {
            var registration = context.addFilter("filter" + i, filters.get(i));
            registration.setAsyncSupported(true);
            registration.addMappingForUrlPatterns(dispatches, true, "/*");
        }
        var servlet = context.addServlet("application", new Application());
        servlet.setAsyncSupported(true);
        servlet.addMapping("/");
    }

    @Override
    public void close() {
        server.close();
        threads.shutdownNow();
        secret.close();
    }

    private final class Application extends HttpServlet {
        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            Object included = request.getAttribute(RequestDispatcher.INCLUDE_SERVLET_PATH);
            Action action = actions.get(included == null ? request.getServletPath() : included);
            if (action == null) {
                response.sendError(HttpServletResponse.SC_NOT_FOUND);
                return;
            }
            try {
                action.serve(request, response);
            } catch (ServletException | IOException | RuntimeException | Error e) {
                throw e;
            } catch (Exception e) {
                throw new ServletException(e);
            }
        }
    }
}
