/**
 * The command line of an operator: start with {@link dev.slipring.examples.cli.SlipringCommand}.
 *
 * <p>A process that shares the store with an application, and has neither its issuers nor its policies. So it creates
 * secrets, reads what is known, and writes orders into records, which the replicas of the application carry out; what
 * takes an issuer or a policy is refused with the reason. One class for each command, all of them
 * {@link dev.slipring.examples.cli.Subcommand}s.
 */
@NullMarked
package dev.slipring.examples.cli;

import org.jspecify.annotations.NullMarked;
