package dev.slipring.session.servlet;

import dev.slipring.session.CookieVerification;
import dev.slipring.session.RejectionReason;
import dev.slipring.session.RequestCookies;
import dev.slipring.session.SessionSigner;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the session of each request, as {@link RequestSession#of}, and moves its cookie to the present key where that
 * is due. A re-signed cookie goes out with any response, with the attributes of the signer's cookie, unless the
 * response ends or replaces the session: by the {@link RequestSession}, by a cookie of that name that the application
 * sets, by {@code Clear-Site-Data}, or by {@link HttpServletRequest#logout}. That is open until the response is
 * committed.
 *
 * <p>A response that sets a session cookie says {@code Vary: Cookie} and {@code Cache-Control: no-store}, whatever the
 * application said of caching. Nothing that is wrong with a cookie is cause to clear it.
 *
 * <p>It has to come before whatever asks for the session, and has to support asynchronous requests if what it filters
 * does. A request is filtered once: mapping the filter to other dispatches as well does no harm, and looks after the
 * headers of error pages. Several filters, each for a cookie of its own, may filter one request. What is not HTTP
 * passes. Safe for use by several threads.
 */
@SuppressWarnings("exports") // the Servlet API is optional: whoever calls this has it
public final class SessionFilter implements Filter {
    private final SessionSigner signer;
    private final @Nullable Duration retryAfter;

    private SessionFilter(SessionSigner signer, @Nullable Duration retryAfter) {
        this.signer = signer;
        this.retryAfter = retryAfter;
    }

    /**
     * Prepares a filter.
     *
     * @param signer for the cookie that holds the session
     * @return a builder that needs nothing more
     */
    public static Builder builder(SessionSigner signer) {
        return new Builder(signer);
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        RequestSession session = RequestSession.in(request, signer.cookie().name());
        if (session != null) {
            chain.doFilter(request, response);
            settle(request, session);
        } else if (request instanceof HttpServletRequest http && response instanceof HttpServletResponse answer) {
            filter(http, answer, chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    private void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Optional<CookieVerification> verification = signer.verifyCookies(cookies(request));
        RequestSession session = RequestSession.put(request, response, signer, verification);
        SessionReply reply = session.reply();
        if (retryAfter != null && session.rejected().equals(Optional.of(RejectionReason.UNKNOWN_KEY))) {
            askToRetry(response, retryAfter);
            return;
        }
        if (reply.isResigned()) {
            WatchedResponse watched = new WatchedResponse(response, reply);
            chain.doFilter(new WatchedRequest(request, watched, reply), watched);
        } else {
            chain.doFilter(request, response);
        }
        settle(request, session);
    }

    /** While a request is asynchronous, another thread may be at its response. */
    private static void settle(ServletRequest request, RequestSession session) {
        if (!request.isAsyncStarted()) {
            session.reply().settle();
        }
    }

    /** The headers themselves: containers differ in which cookies they understand. */
    private static RequestCookies cookies(HttpServletRequest request) {
        Enumeration<String> headers = request.getHeaders("Cookie");
        return RequestCookies.parse(headers == null ? List.of() : Collections.list(headers));
    }

    private static void askToRetry(HttpServletResponse response, Duration retryAfter) throws IOException {
        long seconds = retryAfter.plusNanos(999_999_999).toSeconds();
        byte[] body = ("The session cannot be checked at the moment. Please try again in " + seconds + " s.\n")
                .getBytes(StandardCharsets.US_ASCII);
        response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setHeader("Retry-After", Long.toString(seconds));
        response.setHeader(SessionReply.CACHE_CONTROL, SessionReply.NO_STORE);
        response.setContentType("text/plain;charset=us-ascii");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    @Override
    public String toString() {
        return "SessionFilter[cookie " + signer.cookie().name() + ", "
                + (retryAfter == null ? "passes unknown keys through" : "retry after " + retryAfter) + "]";
    }

    /** Collects what a {@link SessionFilter} is made of. Not thread-safe. */
    public static final class Builder {
        private final SessionSigner signer;
        private @Nullable Duration retryAfter = Duration.ofSeconds(5);

        private Builder(SessionSigner signer) {
            this.signer = Objects.requireNonNull(signer, "signer");
        }

        /**
         * Answers 503 with {@code Retry-After} where a cookie names a key that this replica does not know, or not yet: it
         * has asked for a refresh, and another replica may know better. This is so unless told, after five seconds.
         *
         * <p>That ends by itself: once the record was read again and still lacks the key, the request goes on without a
         * session, so that nobody with a cookie of a revoked or foreign key is locked out.
         *
         * @param delay above zero; rounded up to whole seconds
         * @throws IllegalArgumentException if the delay is not above zero
         */
        public Builder retryLater(Duration delay) {
            if (delay.isNegative() || delay.isZero()) {
                throw new IllegalArgumentException("retry delay " + delay + " is not above zero");
            }
            retryAfter = delay;
            return this;
        }

        /**
         * Lets a request whose cookie names an unknown key go on without a session; {@link RequestSession#rejected} tells.
         * For applications that do more for a visitor without a session than to refuse; they should not take the
         * visitor for somebody who never logged in.
         */
        public Builder passThrough() {
            retryAfter = null;
            return this;
        }

        /** The filter. */
        public SessionFilter build() {
            return new SessionFilter(signer, retryAfter);
        }
    }
}
