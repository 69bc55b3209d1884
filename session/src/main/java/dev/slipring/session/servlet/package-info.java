/**
 * Sessions in a web application: start with {@link dev.slipring.session.servlet.SessionFilter}, which finds the session
 * of a request, and {@link dev.slipring.session.servlet.RequestSession}, by which the application asks for it, begins
 * it and ends it.
 *
 * <p>For containers of Jakarta Servlet 6.0 and 6.1. The only package that touches the Servlet API; nothing else of this
 * module needs its jar.
 */
@NullMarked
package dev.slipring.session.servlet;

import org.jspecify.annotations.NullMarked;
