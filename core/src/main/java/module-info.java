/** The rotation engine: keyrings, stores, the protocol and its executor. Start with {@link dev.slipring.Slipring}. */
module dev.slipring.core {
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.core;
    requires java.net.http;
    requires org.slf4j;

    exports dev.slipring;
    exports dev.slipring.keyring;
    exports dev.slipring.rotation;
    exports dev.slipring.store;
    exports dev.slipring.testing;
    exports dev.slipring.vault;
}
