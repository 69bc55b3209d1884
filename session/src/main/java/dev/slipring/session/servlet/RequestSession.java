package dev.slipring.session.servlet;

import dev.slipring.keyring.StaleKeyringException;
import dev.slipring.session.CookieVerification;
import dev.slipring.session.RejectionReason;
import dev.slipring.session.SessionSigner;
import dev.slipring.session.Verification.Rejected;
import dev.slipring.session.Verification.Valid;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The session of one request, as a {@link SessionFilter} found it, and what the response is to do about it. What the
 * request brought does not change: {@link #begin}, {@link #renew} and {@link #end} concern the browser and the requests
 * to come. The last of them wins, and a response that is reset loses the cookie as it loses its other headers. Belongs
 * to its request, and is for one thread at a time as that is.
 */
@SuppressWarnings("exports") // the Servlet API is optional: whoever calls this has it
public final class RequestSession {
    private static final String ATTRIBUTE = RequestSession.class.getName();

    private final SessionSigner signer;
    private final Optional<CookieVerification> verification;
    private final SessionReply reply;
    private boolean replaced;

    private RequestSession(
            SessionSigner signer, Optional<CookieVerification> verification, HttpServletResponse response) {
        this.signer = signer;
        this.verification = verification;
        String resigned = valid().flatMap(Valid::resign).map(signer::setCookie).orElse(null);
        reply = new SessionReply(response, signer.cookie().name(), resigned);
    }

    static RequestSession put(
            ServletRequest request,
            HttpServletResponse response,
            SessionSigner signer,
            Optional<CookieVerification> verification) {
        RequestSession session = new RequestSession(signer, verification, response);
        request.setAttribute(attribute(signer.cookie().name()), session);
        if (request.getAttribute(ATTRIBUTE) == null) {
            request.setAttribute(ATTRIBUTE, session);
        }
        return session;
    }

    /** The session of {@code request} in the cookie {@code cookie}; null if its filter has not seen the request. */
    static @Nullable RequestSession in(ServletRequest request, String cookie) {
        return request.getAttribute(attribute(cookie)) instanceof RequestSession session ? session : null;
    }

    SessionReply reply() {
        return reply;
    }

    /**
     * The session of {@code request}; where several filters are in its way, that of the first.
     *
     * @param request as the application has it, wrapped or dispatched any number of times
     * @throws IllegalStateException if no filter has seen the request
     */
    public static RequestSession of(ServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof RequestSession session) {
            return session;
        }
        throw unseen("no SessionFilter");
    }

    /**
     * The session of {@code request} that is in the cookie {@code cookie}, where several filters are in its way.
     *
     * @param request as the application has it, wrapped or dispatched any number of times
     * @param cookie name of the cookie
     * @throws IllegalStateException if no filter for this cookie has seen the request
     */
    public static RequestSession of(ServletRequest request, String cookie) {
        RequestSession session = in(request, cookie);
        if (session == null) {
            throw unseen("no SessionFilter for cookie " + cookie);
        }
        return session;
    }

    private static IllegalStateException unseen(String absence) {
        return new IllegalStateException(absence + " has seen the request: is one mapped, before whoever asks?");
    }

    private static String attribute(String cookie) {
        return ATTRIBUTE + "." + cookie;
    }

    /**
     * The session that the request brought.
     *
     * @return empty if no cookie claims to be one, or none of those is valid
     */
    public Optional<Valid> valid() {
        return verification
                .map(CookieVerification::verification)
                .filter(Valid.class::isInstance)
                .map(Valid.class::cast);
    }

    /**
     * Why the request has no session, though a cookie claims to be one. {@link RejectionReason#UNKNOWN_KEY} means that
     * there may well be a session.
     *
     * @return empty if there is a session, or no cookie claims to be one
     */
    public Optional<RejectionReason> rejected() {
        return verification
                .map(CookieVerification::verification)
                .filter(Rejected.class::isInstance)
                .map(rejected -> ((Rejected) rejected).reason());
    }

    /**
     * How many cookies beyond one have the session's name.
     *
     * @return zero unless somebody set a cookie of that name for another path or domain
     */
    public int duplicates() {
        return verification.map(CookieVerification::duplicates).orElse(0);
    }

    /**
     * Logs in: the response sets the cookie of a new session that lives as long as the signer allows.
     *
     * @param payload as {@link SessionSigner#sign(String)} takes it, which says what is refused
     * @throws IllegalStateException if the response is committed
     * @throws StaleKeyringException if nothing may be signed now
     */
    public void begin(String payload) {
        reply.requireOpen();
        replace(List.of(signer.setCookie(signer.sign(payload))));
    }

    /**
     * Logs in: the response sets the cookie of a new session that lives as long as the signer allows.
     *
     * @param payload as {@link SessionSigner#sign(byte[])} takes it, which says what is refused
     * @throws IllegalStateException if the response is committed
     * @throws StaleKeyringException if nothing may be signed now
     */
    public void begin(byte[] payload) {
        reply.requireOpen();
        replace(List.of(signer.setCookie(signer.sign(payload))));
    }

    /**
     * Logs in: the response sets the cookie of a new session that lives for {@code life}.
     *
     * @param payload as {@link SessionSigner#sign(byte[], Duration)} takes it, which says what is refused
     * @param life at least a second and at most the signer's longest life
     * @throws IllegalStateException if the response is committed
     * @throws StaleKeyringException if nothing may be signed now
     */
    public void begin(byte[] payload, Duration life) {
        reply.requireOpen();
        replace(List.of(signer.setCookie(signer.sign(payload, life))));
    }

    /**
     * Gives the valid session that the request brought a new life, as {@link SessionSigner#renew} does.
     *
     * @throws IllegalStateException if the request brought no valid session, if the response ends it or begins another,
     *     or if the response is committed
     * @throws StaleKeyringException if nothing may be signed now
     */
    public void renew() {
        reply.requireOpen();
        Valid valid = valid().orElseThrow(() -> new IllegalStateException(
                "cookie " + signer.cookie().name() + ": the request brought no valid session to renew"));
        if (replaced) {
            throw new IllegalStateException("cookie " + signer.cookie().name()
                    + ": the session to renew was ended or replaced in this response");
        }
        reply.set(List.of(signer.setCookie(signer.renew(valid))));
    }

    /**
     * Logs out: the response ends the cookie in the browser, and those of the signer's foreign formats. A token cannot be
     * ended: a copy of the cookie stays valid, and a response to an earlier request that is still under way may bring it
     * back, re-signed. Where that matters, the payload points to a session that the application ends.
     *
     * @throws IllegalStateException if the response is committed
     */
    public void end() {
        reply.requireOpen();
        replace(signer.endCookies());
    }

    private void replace(List<String> headers) {
        reply.set(headers);
        replaced = true;
    }

    /** Without the payload, which may be personal. */
    @Override
    public String toString() {
        return "RequestSession[cookie " + signer.cookie().name() + ", "
                + verification.map(CookieVerification::toString).orElse("none") + "]";
    }
}
