/**
 * What the rotation of a database login does to those who use the database: Slipring's ways, HikariCP's own recipe,
 * pool swaps written by hand and the AWS Secrets Manager JDBC driver, side by side in one run. Start with
 * {@link dev.slipring.bench.login.RotationReport}.
 */
package dev.slipring.bench.login;
