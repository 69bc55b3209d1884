/** API keys and webhook secrets: issuers that speak to a service's HTTP API, and what uses their keys. */
@NullMarked
package dev.slipring.apikey;

import org.jspecify.annotations.NullMarked;
