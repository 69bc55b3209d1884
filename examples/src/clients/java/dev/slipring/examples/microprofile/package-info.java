/** Slipring's readiness in a container of CDI, as an application server of MicroProfile has one. */
package dev.slipring.examples.microprofile;
