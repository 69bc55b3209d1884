/** The rotation engine: keyrings, stores, the protocol and its executor. Start with {@link dev.slipring.Slipring}. */
module dev.slipring.core {
    requires static micrometer.core;
    requires static microprofile.health.api;
    requires static software.amazon.awssdk.awscore;
    requires static software.amazon.awssdk.core;
    requires static software.amazon.awssdk.http;
    requires static software.amazon.awssdk.regions;
    requires static software.amazon.awssdk.services.secretsmanager;
    requires static spring.boot.health;
    requires static transitive org.jspecify;
    requires transitive java.net.http;
    requires com.fasterxml.jackson.core;
    requires org.slf4j;

    exports dev.slipring;
    exports dev.slipring.apikey;
    exports dev.slipring.aws;
    exports dev.slipring.guard;
    exports dev.slipring.keyring;
    exports dev.slipring.observe;
    exports dev.slipring.observe.audit;
    exports dev.slipring.observe.inventory;
    exports dev.slipring.observe.actuator;
    exports dev.slipring.observe.micrometer;
    exports dev.slipring.observe.microprofile;
    exports dev.slipring.rotation;
    exports dev.slipring.store;
    exports dev.slipring.testing;
    exports dev.slipring.vault;
}
