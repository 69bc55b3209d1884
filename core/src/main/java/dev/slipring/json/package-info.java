/**
 * JSON of records, reports and audit events as trees of maps and lists: {@link dev.slipring.json.JsonTree}. For the
 * modules' own packages; not exported.
 */
@NullMarked
package dev.slipring.json;

import org.jspecify.annotations.NullMarked;
