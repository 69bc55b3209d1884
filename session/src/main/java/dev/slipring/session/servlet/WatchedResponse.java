package dev.slipring.session.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** Tells the {@link SessionReply} what is about to commit the response, and what may concern its cookie. */
final class WatchedResponse extends HttpServletResponseWrapper {
    private final SessionReply reply;

    WatchedResponse(HttpServletResponse response, SessionReply reply) {
        super(response);
        this.reply = reply;
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        reply.settle();
        return super.getOutputStream();
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        reply.settle();
        return super.getWriter();
    }

    @Override
    public void flushBuffer() throws IOException {
        reply.settle();
        super.flushBuffer();
    }

    @Override
    public void sendError(int status) throws IOException {
        beforeError(status);
        super.sendError(status);
    }

    @Override
    public void sendError(int status, @Nullable String message) throws IOException {
        beforeError(status);
        super.sendError(status, message);
    }

    @Override
    public void sendRedirect(String location) throws IOException {
        reply.settle();
        super.sendRedirect(location);
    }

    // The next three are new in Servlet 6.1: a container of 6.0 does not call them.

    @Override
    public void sendRedirect(String location, int status) throws IOException {
        reply.settle();
        super.sendRedirect(location, status);
    }

    @Override
    public void sendRedirect(String location, boolean clearBuffer) throws IOException {
        reply.settle();
        super.sendRedirect(location, clearBuffer);
    }

    @Override
    public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
        reply.settle();
        super.sendRedirect(location, status, clearBuffer);
    }

    @Override
    public void addCookie(Cookie cookie) {
        super.addCookie(cookie);
        reply.addedCookie(cookie.getName());
    }

    @Override
    public void setHeader(String name, @Nullable String value) {
        super.setHeader(name, value);
        reply.follow();
    }

    @Override
    public void addHeader(String name, @Nullable String value) {
        super.addHeader(name, value);
        reply.follow();
    }

    @Override
    public void reset() {
        super.reset();
        reply.reset();
    }

    /** Jetty drops the caching headers of an error; a shared cache would keep the cookie that comes with a 304. */
    private void beforeError(int status) {
        if (status == SC_NOT_MODIFIED) {
            reply.withhold();
        } else {
            reply.settle();
        }
    }
}
