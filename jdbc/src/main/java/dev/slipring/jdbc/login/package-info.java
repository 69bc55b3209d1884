/**
 * Database logins as secrets: start with {@link dev.slipring.jdbc.login.PostgresLogins},
 * {@link dev.slipring.jdbc.login.MariaDbLogins} or {@link dev.slipring.jdbc.login.MySqlLogins}, which name the ways to
 * rotate one; each makes a {@link dev.slipring.jdbc.login.LoginIssuer}.
 *
 * <p>A {@link dev.slipring.jdbc.login.Login} is user and password as one value, so that they change in one step.
 * A {@link dev.slipring.jdbc.login.Connector} opens connections with a login, and refuses URLs that carry one of
 * their own. {@link dev.slipring.jdbc.login.LoginFailure} is the one table of what a database's error says about
 * a login.
 *
 * <p>PostgreSQL and MariaDB are never told a password: they get a verifier or a hash that is made here. MySQL is, over
 * TLS.
 */
@NullMarked
package dev.slipring.jdbc.login;

import org.jspecify.annotations.NullMarked;
