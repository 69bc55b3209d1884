/**
 * Shows what Slipring measures to Micrometer: bind {@link dev.slipring.observe.micrometer.SlipringMetrics} to a
 * registry. Names, types and tags are those of {@link dev.slipring.keyring.Measures}; the dashboard and the alert rules
 * in the folder {@code observability} of the source are made for them.
 *
 * <p>The only package that touches Micrometer's types; nothing else of this module needs its jar.
 */
@NullMarked
package dev.slipring.observe.micrometer;

import org.jspecify.annotations.NullMarked;
