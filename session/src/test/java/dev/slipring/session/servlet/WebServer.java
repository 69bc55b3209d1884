package dev.slipring.session.servlet;

import jakarta.servlet.ServletContainerInitializer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.jetty.security.HashLoginService;
import org.eclipse.jetty.security.UserStore;
import org.eclipse.jetty.security.authentication.BasicAuthenticator;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Jetty with one application, on a free port of the loopback interface. The system property {@code slipring.servlet}
 * chooses between Servlet 6.1, the usual one, and 6.0.
 */
final class WebServer implements AutoCloseable {
    private static final Map<String, String> STATIC = Map.of("cacheControl", "max-age=3600", "etags", "true");

    private final Server server;

    private WebServer(Server server) {
        this.server = server;
    }

    /** Which Servlet API the test is about. */
    static String api() {
        return System.getProperty("slipring.servlet", "6.1");
    }

    /** Serves {@code files} below {@code /static/}, and what {@code application} adds; errors go to {@code /sorry}. Nobody has to log in. */
    static WebServer start(ServletContainerInitializer application, Path files) {
        Server server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        server.setHandler(api().equals("6.0") ? ee10(application, files) : ee11(application, files));
        try {
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException("Jetty does not start", e);
        }
        return new WebServer(server);
    }

    int port() {
        return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    }

    private static Handler ee10(ServletContainerInitializer application, Path files) {
        var context = new org.eclipse.jetty.ee10.servlet.ServletContextHandler("/");
        context.setBaseResourceAsPath(files);
        var holder = new org.eclipse.jetty.ee10.servlet.ServletHolder(
                "static", org.eclipse.jetty.ee10.servlet.DefaultServlet.class);
        holder.setInitParameters(STATIC);
        context.addServlet(holder, "/static/*");
        var errors = new org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler();
        errors.addErrorPage(400, 599, "/sorry");
        context.setErrorHandler(errors);
        var security = new org.eclipse.jetty.ee10.servlet.security.ConstraintSecurityHandler();
        security.setAuthenticator(new BasicAuthenticator());
        security.setLoginService(nobody());
        context.setSecurityHandler(security);
        context.addServletContainerInitializer(
                new org.eclipse.jetty.ee10.servlet.ServletContainerInitializerHolder(application));
        return context;
    }

    private static Handler ee11(ServletContainerInitializer application, Path files) {
        var context = new org.eclipse.jetty.ee11.servlet.ServletContextHandler("/");
        context.setBaseResourceAsPath(files);
        var holder = new org.eclipse.jetty.ee11.servlet.ServletHolder(
                "static", org.eclipse.jetty.ee11.servlet.DefaultServlet.class);
        holder.setInitParameters(STATIC);
        context.addServlet(holder, "/static/*");
        var errors = new org.eclipse.jetty.ee11.servlet.ErrorPageErrorHandler();
        errors.addErrorPage(400, 599, "/sorry");
        context.setErrorHandler(errors);
        var security = new org.eclipse.jetty.ee11.servlet.security.ConstraintSecurityHandler();
        security.setAuthenticator(new BasicAuthenticator());
        security.setLoginService(nobody());
        context.setSecurityHandler(security);
        context.addServletContainerInitializer(
                new org.eclipse.jetty.ee11.servlet.ServletContainerInitializerHolder(application));
        return context;
    }

    private static HashLoginService nobody() {
        HashLoginService logins = new HashLoginService("test");
        logins.setUserStore(new UserStore());
        return logins;
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("Jetty does not stop", e);
        }
    }
}
