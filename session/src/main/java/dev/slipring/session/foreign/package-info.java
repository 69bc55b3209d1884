/**
 * The session cookies of other frameworks, to take over from an application or to run beside it:
 * {@link dev.slipring.session.foreign.ForeignFormats} lists the formats. Each comes as a
 * {@link dev.slipring.session.foreign.ForeignCodec}, with the secrets and the lifetimes of the application that signs
 * so, and a date from which on nothing of it is accepted any more. Three formats can be issued as well:
 * {@link dev.slipring.session.foreign.ForeignIssuer}.
 *
 * <p>Every format has one legal spelling of each value, two where versions of one package differ; what the
 * frameworks would read besides is refused. Payloads are handed over as the bytes that were signed, never as objects.
 */
@NullMarked
package dev.slipring.session.foreign;

import org.jspecify.annotations.NullMarked;
