/**
 * API keys and webhook secrets: issuers that speak to a service's HTTP API, and what uses their keys. Where a service
 * has no API for keys, {@link dev.slipring.apikey.OperatorIssuer} takes those that an operator makes;
 * {@link dev.slipring.apikey.StripeKeys} knows Stripe's.
 */
@NullMarked
package dev.slipring.apikey;

import org.jspecify.annotations.NullMarked;
