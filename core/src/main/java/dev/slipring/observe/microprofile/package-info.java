/**
 * Slipring's health by MicroProfile Health 4, as Quarkus, Open Liberty, Payara, WildFly and others read it: produce
 * {@link dev.slipring.observe.microprofile.SlipringReadiness} as a bean, under the interface and with the qualifier.
 *
 * <pre>{@code @Produces @ApplicationScoped @Readiness
 * HealthCheck slipring(Slipring slipring) {
 *     return SlipringReadiness.of(slipring::health);
 * }}</pre>
 *
 * <p>Under the interface, since the class is final and a scope puts a proxy before it. Without the qualifier no endpoint
 * asks for the bean: CDI reads none from the class of what a method returns.
 *
 * <p>The only package that touches MicroProfile's types; nothing else of this module needs its jar.
 */
@NullMarked
package dev.slipring.observe.microprofile;

import org.jspecify.annotations.NullMarked;
