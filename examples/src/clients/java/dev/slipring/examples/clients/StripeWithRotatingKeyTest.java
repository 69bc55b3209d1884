package dev.slipring.examples.clients;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.StripeClient;
import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.StripeCollection;
import com.stripe.net.HttpURLConnectionClient;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import dev.slipring.keyring.RotatingSecret;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StripeWithRotatingKeyTest extends RotatingClientContract {
    private StripeClient client;

    @Override
    void begin(RotatingSecret rotating) {
        client = StripeWithRotatingKey.client(
                        built(StripeWithRotatingKey.apiKey(rotating)), new HttpURLConnectionClient())
                .setApiBase(service.base().toString())
                .setFilesBase(service.base().toString())
                .setMaxNetworkRetries(0)
                .build();
    }

    /** A call of Stripe's client. */
    @FunctionalInterface
    private interface Called {
        Object call() throws StripeException;
    }

    private static int status(Called called) throws StripeException {
        try {
            called.call();
            return 200;
        } catch (StripeException e) {
            if (e instanceof ApiConnectionException) {
                throw e;
            }
            return e.getStatusCode();
        }
    }

    @Override
    int get() throws StripeException {
        return status(() -> client.v1().customers().list());
    }

    @Override
    int post(String text) throws StripeException {
        return status(() -> client.v1()
                .customers()
                .create(CustomerCreateParams.builder().setName(text).build()));
    }

    @Test
    void download_refused_goesOnWithTheOther() throws Exception {
        rotateUnseen(2);
        try (InputStream pdf = client.v1().quotes().pdf("qt_1")) {
            assertThat(new String(pdf.readAllBytes(), US_ASCII)).contains("list");
        }
        assertThat(service.keys()).containsExactly(key(1), key(2));
    }

    @Test
    void callWithAKeyOfItsOwn_keepsIt() throws StripeException {
        RequestOptions own = RequestOptions.builder().setApiKey("sk_live_own").build();
        assertThat(status(() -> client.v1().customers().retrieve("cus_1", own))).isEqualTo(401);
        assertThat(service.keys()).containsExactly("sk_live_own");
    }

    @Test
    void laterPagesOfAList_haveTheKeyOfTheirTime() throws StripeException {
        service.list("{\"id\":\"cus_1\",\"object\":\"customer\"}", "{\"id\":\"cus_2\",\"object\":\"customer\"}");
        StripeCollection<Customer> first = client.v1().customers().list();
        rotateUnseen(2);
        List<String> ids = new ArrayList<>();
        first.autoPagingIterable().forEach(customer -> ids.add(customer.getId()));
        assertThat(ids).containsExactly("cus_1", "cus_2");
        assertThat(service.keys()).containsExactly(key(1), key(1), key(2));
    }

    @Test
    void redirectElsewhere_isFollowedWithoutTheKey() throws Exception {
        try (KeyedService other = new KeyedService()) {
            service.redirect(other.base());
            assertThat(get()).isEqualTo(401);
            assertThat(other.keys()).containsOnly("none");
        }
    }
}
