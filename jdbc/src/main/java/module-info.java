/**
 * A {@code DataSource} that goes on working while its login rotates. Start with {@link
 * dev.slipring.jdbc.RotatingDataSource}.
 */
module dev.slipring.jdbc {
    requires transitive dev.slipring.core;
    requires transitive java.sql;
    requires com.fasterxml.jackson.core;
    requires static com.zaxxer.hikari;
    requires static io.agroal.api;
    requires static org.apache.commons.dbcp2;
    requires static org.apache.commons.pool2;
    requires static transitive org.jspecify;
    requires static tomcat.jdbc;
    requires org.slf4j;

    exports dev.slipring.jdbc;
    exports dev.slipring.jdbc.agroal;
    exports dev.slipring.jdbc.dbcp2;
    exports dev.slipring.jdbc.hikari;
    exports dev.slipring.jdbc.login;
    exports dev.slipring.jdbc.rewrap;
    exports dev.slipring.jdbc.store;
    exports dev.slipring.jdbc.tomcat;
}
