/**
 * Slipring's health by MicroProfile Health 4, as Quarkus, Open Liberty, Payara, WildFly and others read it: produce
 * {@link dev.slipring.observe.microprofile.SlipringReadiness} as an application-scoped bean.
 *
 * <p>The only package that touches MicroProfile's types; nothing else of this module needs its jar.
 */
@NullMarked
package dev.slipring.observe.microprofile;

import org.jspecify.annotations.NullMarked;
