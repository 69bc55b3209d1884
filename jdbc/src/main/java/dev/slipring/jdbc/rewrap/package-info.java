/**
 * Moves a column from old key versions to the primary one while the application runs: start with
 * {@link dev.slipring.jdbc.rewrap.TableRewrap}.
 *
 * <p>What is done to a cell is a {@link dev.slipring.jdbc.rewrap.CellRewrap}, so nothing here knows an envelope: a
 * rewrap needs the cell alone, a re-encryption takes what the row's other columns say as its context. Cells that
 * cannot be moved are set aside, with a reason and never their content.
 */
@NullMarked
package dev.slipring.jdbc.rewrap;

import org.jspecify.annotations.NullMarked;
