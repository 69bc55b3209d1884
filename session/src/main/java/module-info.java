/** Signed session tokens that survive the rotation of their key: {@link dev.slipring.session.SessionSigner}. */
module dev.slipring.session {
    requires transitive dev.slipring.core;
    requires static jakarta.servlet;
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.core;
    requires org.slf4j;

    exports dev.slipring.session;
    exports dev.slipring.session.foreign;
    exports dev.slipring.session.servlet;
}
