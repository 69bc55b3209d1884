/**
 * One exchange with the HTTP API of a service, for those who hold secrets: {@link dev.slipring.http.BoundedExchange} bounds its
 * time and its length, {@link dev.slipring.http.JsonBody} looks fields up, {@link dev.slipring.http.SafeAddress} says
 * where a secret may go. For the modules' own packages; not exported.
 */
@NullMarked
package dev.slipring.http;

import org.jspecify.annotations.NullMarked;
