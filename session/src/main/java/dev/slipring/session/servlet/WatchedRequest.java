package dev.slipring.session.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;

/** Keeps the {@link WatchedResponse} in an asynchronous request, and tells of a log-out. */
final class WatchedRequest extends HttpServletRequestWrapper {
    private final WatchedResponse response;
    private final SessionReply reply;

    WatchedRequest(HttpServletRequest request, WatchedResponse response, SessionReply reply) {
        super(request);
        this.response = response;
        this.reply = reply;
    }

    /** As with the original request and response, but goes on with those that are watched. */
    @Override
    public AsyncContext startAsync() {
        return startAsync(this, response);
    }

    /** Whoever completes the request may be another thread, or the container. */
    @Override
    public AsyncContext startAsync(ServletRequest asyncRequest, ServletResponse asyncResponse) {
        reply.settle();
        return super.startAsync(asyncRequest, asyncResponse);
    }

    @Override
    public void logout() throws ServletException {
        reply.withhold();
        super.logout();
    }
}
