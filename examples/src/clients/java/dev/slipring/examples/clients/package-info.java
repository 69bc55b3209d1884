/**
 * Rotating API keys in clients that others wrote: one class each to copy, and what shows that no call fails while the
 * key rotates. They are tests by scope, so that the demo does without a hundred megabytes of libraries.
 */
package dev.slipring.examples.clients;
