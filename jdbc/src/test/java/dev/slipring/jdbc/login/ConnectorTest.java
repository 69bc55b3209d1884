package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectorTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:postgresql://joe:s3cret@db/app | jdbc:postgresql://db/app",
                "jdbc:postgresql://db/app?user=joe&ssl=true&password=s3cret | jdbc:postgresql://db/app?ssl=true",
                "jdbc:postgresql://db/app?ssl=true&PassWord=s3cret | jdbc:postgresql://db/app?ssl=true",
                "jdbc:postgresql://db/app?pass%77ord=s3cret | jdbc:postgresql://db/app",
                "jdbc:h2:mem:x;USER=joe;PASSWORD=s3cret;MODE=MySQL | jdbc:h2:mem:x;MODE=MySQL",
                "jdbc:oracle:thin:joe/s3cret@db:1521:x | jdbc:oracle:thin:db:1521:x",
            })
    void url_withCredential_isRefusedAndShownWithout(String url, String bare) {
        assertThatThrownBy(() -> Connector.of(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(bare + " ")
                .hasMessageEndingWith("remove it")
                .hasMessageNotContaining("s3cret")
                .hasMessageNotContaining("joe");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdbc:postgresql://a,b:5433/app?ssl=true&ApplicationName=user", "jdbc:h2:mem:x;MODE=MySQL"})
    void url_withoutCredential_isAccepted(String url) {
        assertThat(Connector.of(url)).hasToString("Connector[" + url + "]");
    }

    @Test
    void url_ofNoDriver_isNamed() {
        assertThatThrownBy(() -> Connector.of("jdbc:postgres//db/app"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no JDBC driver accepts the URL jdbc:postgres//db/app");
    }

    @Test
    void properties_withCredential_areRefused() {
        Properties properties = new Properties();
        properties.setProperty("password", "s3cret");
        assertThatThrownBy(() -> Connector.of("jdbc:postgresql://db/app", properties))
                .hasMessageContaining("\"password\"")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void connectors_toOneDatabase_shareAnAccount() {
        assertThat(Connector.of("jdbc:postgresql://db/app?ssl=true").database())
                .isEqualTo(Connector.of("jdbc:postgresql://db/app").database());
    }
}
