/**
 * Guard rails: values that should not be used are found at start, when they are handed in and when they change; start
 * with {@link dev.slipring.guard.GuardRails}. {@link dev.slipring.guard.EnvironmentTags} finds what environments share
 * without showing it. {@link dev.slipring.guard.SecretText} is the form in which a value leaves and comes back.
 */
@NullMarked
package dev.slipring.guard;

import org.jspecify.annotations.NullMarked;
