/**
 * Slipring's health in Spring Boot 4: make {@link dev.slipring.observe.actuator.SlipringHealthIndicator} a bean and put
 * it into the readiness group, never into that of liveness.
 *
 * <p>The only package that touches Spring's types; nothing else of this module needs its jars. Spring Boot 3 has the
 * same types in another package: there a lambda of the same few lines maps {@link dev.slipring.observe.HealthStatus}.
 */
@NullMarked
package dev.slipring.observe.actuator;

import org.jspecify.annotations.NullMarked;
