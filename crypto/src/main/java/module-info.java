/** Envelope encryption under rotating keys. Start with {@link dev.slipring.crypto.EnvelopeEncryptor}. */
module dev.slipring.crypto {
    requires transitive dev.slipring.core;
    requires static jakarta.persistence;
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.core;
    requires com.github.benmanes.caffeine;
    requires org.bouncycastle.pkix;
    requires org.bouncycastle.provider;

    exports dev.slipring.crypto;
    exports dev.slipring.crypto.jpa;
    exports dev.slipring.crypto.kek;
    exports dev.slipring.crypto.legacy;
}
