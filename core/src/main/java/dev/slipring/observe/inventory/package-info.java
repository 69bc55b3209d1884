/**
 * What secrets there are, who answers for them and what comes next: {@link dev.slipring.observe.inventory.Inventory}, as
 * text, as JSON and as a page with time lines. Of what a replica holds, or of what a store records; never of values.
 */
@NullMarked
package dev.slipring.observe.inventory;

import org.jspecify.annotations.NullMarked;
