package dev.slipring.session.browser;

import dev.slipring.session.SessionSigner;
import dev.slipring.session.Verification.Valid;
import dev.slipring.session.servlet.RequestSession;
import dev.slipring.session.servlet.SessionFilter;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** A Jetty where one can log in, look who one is, and log out. It tells what it says of the session's cookie. */
final class Application implements AutoCloseable {
    static final String COOKIE = "__Host-sid";

    final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    final FakeSecret secret = FakeSecret.create("session", clock, value(1));
    final SessionSigner signer = SessionSigner.builder(secret.rotating())
            .cookie(COOKIE)
            .maxLife(Duration.ofHours(12))
            .clock(clock)
            .build();
    final Queue<String> setCookies = new ConcurrentLinkedQueue<>();

    private final Server server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

    Application() throws Exception {
        ServletContextHandler context = new ServletContextHandler("/");
        // Outside of the filter, to see what it adds.
        context.addFilter(
                new FilterHolder((request, response, chain) -> {
                    chain.doFilter(request, response);
                    setCookies.addAll(((HttpServletResponse) response).getHeaders("Set-Cookie"));
                }),
                "/*",
                EnumSet.of(DispatcherType.REQUEST));
        context.addFilter(
                new FilterHolder(SessionFilter.builder(signer).build()), "/*", EnumSet.of(DispatcherType.REQUEST));
        context.addServlet(new ServletHolder(new Pages()), "/");
        server.setHandler(context);
        server.start();
    }

    static byte[] value(int number) {
        byte[] value = new byte[32];
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) (number + 7 * i);
        }
        return value;
    }

    String url(String path) {
        return "http://localhost:" + ((ServerConnector) server.getConnectors()[0]).getLocalPort() + path;
    }

    @Override
    public void close() throws Exception {
        server.stop();
        secret.close();
    }

    private static final class Pages extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            RequestSession session = RequestSession.of(request);
            switch (request.getServletPath()) {
                case "/in" -> {
                    session.begin("anna");
                    response.sendRedirect("/");
                }
                case "/out" -> {
                    session.end();
                    response.sendRedirect("/");
                }
                case "/user" -> response.getWriter().print(user(session));
                case "/" -> page(session, response);
                default -> response.setStatus(HttpServletResponse.SC_NOT_FOUND);
            }
        }

        private static void page(RequestSession session, HttpServletResponse response) throws IOException {
            response.setContentType("text/html;charset=utf-8");
            response.getWriter()
                    .print("<!doctype html><title>Session</title><body style='font: 20px sans-serif'><h1 id=user>"
                            + user(session) + "</h1><p>"
                            + session.valid()
                                    .map(valid -> "logged in with version " + valid.version() + " of the secret, until "
                                            + valid.expiresAt())
                                    .orElse("not logged in"));
        }

        private static String user(RequestSession session) {
            return session.valid().map(Valid::text).orElse("nobody");
        }
    }
}
