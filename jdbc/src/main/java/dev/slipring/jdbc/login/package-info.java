/**
 * Database logins as secrets: start with {@link dev.slipring.jdbc.login.PostgresLogins}, the issuer that makes
 * and retires them.
 *
 * <p>A {@link dev.slipring.jdbc.login.Login} is user and password as one value, so that they change in one step.
 * A {@link dev.slipring.jdbc.login.Connector} opens connections with a login, and refuses URLs that carry one of
 * their own. {@link dev.slipring.jdbc.login.LoginFailure} is the one table of what a database's error says about
 * a login.
 *
 * <p>No clear password is ever sent to a database to be set: the server gets a verifier that is made here.
 */
@NullMarked
package dev.slipring.jdbc.login;

import org.jspecify.annotations.NullMarked;
