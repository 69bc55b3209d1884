package dev.slipring.session.foreign;

import dev.slipring.session.SessionCookie;

/**
 * The formats in which other frameworks sign their sessions. Each method prepares the codec of one; what it still needs
 * is said in {@link ForeignCodec.Builder}. The cookie is given as the application sets it, with its attributes: it
 * has to be ended some day, and browsers end only what has the same path and domain.
 *
 * <p>Formats that sign with HMAC-SHA-1 say so in their name. HMAC-SHA-1 is not known to be forgeable, but
 * should be asked for, not come by default.
 */
public final class ForeignFormats {
    private ForeignFormats() {}

    /**
     * Express and connect: {@code cookie-signature} behind {@code s:}, as {@code express-session} and
     * {@code res.cookie} with {@code signed} make it. The payload is the value, so an identifier of a session; an
     * object given to {@code res.cookie} is {@code j:} and its JSON. The signature does not
     * bind the name: signed cookies of other names pass, if their secret is the same. No time: needs a look-up or an
     * assumption.
     *
     * @param cookie the session's, such as {@code connect.sid}
     * @return a builder
     */
    public static ForeignCodec.Builder express(SessionCookie cookie) {
        return new ForeignCodec.Builder(DottedScheme.express(cookie));
    }

    /**
     * {@code @fastify/cookie} with its own signer and SHA-256. The payload is the value. The signature does not bind the
     * name: signed cookies of other names pass, if their secret is the same. No time: needs a look-up or an
     * assumption.
     *
     * @param cookie the session's
     * @return a builder
     */
    public static ForeignCodec.Builder fastify(SessionCookie cookie) {
        return new ForeignCodec.Builder(DottedScheme.fastify(cookie));
    }

    /**
     * Keygrip as Koa and the package "cookies" use it unless told otherwise: HMAC-SHA-1 in a second cookie with
     * {@code .sig} at the end of its name. The payload is the value; an empty one is refused, as with it a session
     * is ended. Of the signatures in a request 16 are looked at. No time: needs a look-up or an assumption.
     *
     * @param cookie the session's, without {@code .sig}
     * @return a builder
     */
    public static ForeignCodec.Builder keygripSha1(SessionCookie cookie) {
        return new ForeignCodec.Builder(KeygripScheme.of("keygrip-sha1", MacAlgorithm.SHA1, cookie, false));
    }

    /**
     * As {@link #keygripSha1}, by a {@code Keygrip} that was told {@code sha256}.
     *
     * @param cookie the session's, without {@code .sig}
     * @return a builder
     */
    public static ForeignCodec.Builder keygripSha256(SessionCookie cookie) {
        return new ForeignCodec.Builder(KeygripScheme.of("keygrip-sha256", MacAlgorithm.SHA256, cookie, false));
    }

    /**
     * {@code cookie-session}, which keeps a session as JSON in a cookie signed as in {@link #keygripSha1}. The payload
     * is that JSON. No time: needs a look-up or an assumption.
     *
     * @param cookie the session's, without {@code .sig}
     * @return a builder
     */
    public static ForeignCodec.Builder cookieSessionSha1(SessionCookie cookie) {
        return new ForeignCodec.Builder(KeygripScheme.of("cookie-session-sha1", MacAlgorithm.SHA1, cookie, true));
    }

    /**
     * As {@link #cookieSessionSha1}, with a {@code Keygrip} that was told {@code sha256}.
     *
     * @param cookie the session's, without {@code .sig}
     * @return a builder
     */
    public static ForeignCodec.Builder cookieSessionSha256(SessionCookie cookie) {
        return new ForeignCodec.Builder(KeygripScheme.of("cookie-session-sha256", MacAlgorithm.SHA256, cookie, true));
    }

    /**
     * Django's {@code set_signed_cookie} since the fix of CVE-2026-6873 (5.2.15, 6.0.6). The payload is the value in
     * UTF-8, the time that of signing.
     *
     * @param cookie the name goes into the signature
     * @param salt that of {@code set_signed_cookie}; empty unless the application gives one
     * @return a builder
     * @throws IllegalArgumentException if the salt has an unpaired surrogate
     */
    public static ForeignCodec.Builder djangoCookie(SessionCookie cookie, String salt) {
        return new ForeignCodec.Builder(DjangoScheme.cookie(cookie, salt, false));
    }

    /**
     * Django's {@code set_signed_cookie} of any release since 3.1: both {@link #djangoCookie} and the signature from
     * before the fix, as Django itself takes both while {@code SIGNED_COOKIE_LEGACY_SALT_FALLBACK} is on. In the older
     * form name and salt run together: what was signed for name {@code ab} with salt {@code c} passes for name
     * {@code a} with salt {@code bc}.
     *
     * @param cookie the name goes into the signature
     * @param salt that of {@code set_signed_cookie}; empty unless the application gives one
     * @return a builder
     * @throws IllegalArgumentException if the salt has an unpaired surrogate
     */
    public static ForeignCodec.Builder djangoCookieWithLegacySalt(SessionCookie cookie, String salt) {
        return new ForeignCodec.Builder(DjangoScheme.cookie(cookie, salt, true));
    }

    /**
     * Django's session backend {@code signed_cookies}, since 3.1. The payload is the session as JSON, at most 64 KiB
     * once inflated, if the application's serializer is that of JSON; other serializers' bytes are handed over as they
     * are and must never be unpickled. The time is that of the last change to the session.
     *
     * @param cookie the session's, {@code sessionid} unless the application names it
     * @return a builder
     */
    public static ForeignCodec.Builder djangoSessions(SessionCookie cookie) {
        return new ForeignCodec.Builder(DjangoScheme.sessions(cookie));
    }

    /**
     * Flask's own sessions, signed by itsdangerous 1.1 or later with HMAC-SHA-1. The payload is the session as JSON
     * with Flask's tags, at most 64 KiB once inflated; the time that of the last change to it. Earlier releases
     * counted from 2011, so that theirs have expired long ago.
     *
     * @param cookie the session's, {@code session} unless the application names it
     * @return a builder
     */
    public static ForeignCodec.Builder flaskSha1(SessionCookie cookie) {
        return new ForeignCodec.Builder(new FlaskScheme(cookie));
    }

    /**
     * Rails' {@code cookies.signed} since 5.2, serialized as JSON and signed with HMAC-SHA-1, as it is unless
     * {@code signed_cookie_digest} says otherwise. Its secrets are values of {@code secret_key_base}; keys are derived
     * from them as before and as since Rails 7, and both are tried. The payload is a JSON value: a string keeps its
     * quotes, so that it cannot pass for a number or an object. Cookies from before 5.2, which do not name their
     * purpose, and marshalled ones are refused. A cookie may say when it ends; that it never says when it began
     * needs a look-up or an assumption. The session of Rails itself is encrypted and no matter of this format.
     *
     * @param cookie the name is in what is signed
     * @return a builder
     */
    public static ForeignCodec.Builder railsSha1(SessionCookie cookie) {
        return new ForeignCodec.Builder(RailsScheme.sha1(cookie));
    }

    /**
     * As {@link #railsSha1}, in applications whose {@code signed_cookie_digest} is {@code SHA256}.
     *
     * @param cookie the name is in what is signed
     * @return a builder
     */
    public static ForeignCodec.Builder railsSha256(SessionCookie cookie) {
        return new ForeignCodec.Builder(RailsScheme.sha256(cookie));
    }
}
