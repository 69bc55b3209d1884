package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.Slipring;
import dev.slipring.apikey.ApiCredential;
import dev.slipring.apikey.FakeStripe;
import dev.slipring.apikey.FakeStripeApp;
import dev.slipring.apikey.HttpIssuer;
import dev.slipring.apikey.KeyHeader;
import dev.slipring.apikey.OperatorIssuer;
import dev.slipring.apikey.StripeAppKeys;
import dev.slipring.apikey.StripeKeys;
import dev.slipring.apikey.StripePair;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.InMemorySecretStore;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Stripe's keys, single, in pairs and made by an app: rotated, refused, and with a service in trouble. */
final class StripePart {
    private static final RotationPolicy POLICY = RotationPolicy.apiKeys(Duration.ofDays(30));
    private static final Duration QUARTER = Duration.ofMinutes(15);
    private static final String PUBLISHABLE = "pk_live_aPublishableKeyOfNobody00";

    private final LeakWorld world;
    private final Slipring replica;
    private final FakeStripe stripe;
    private int made;

    private StripePart(LeakWorld world) {
        this.world = world;
        replica = world.replica(InMemorySecretStore.create(world.clock));
        stripe = world.with(new FakeStripe(world.clock));
    }

    /** A {@link LeakPart}. */
    static void in(LeakWorld world) throws IOException {
        StripePart part = new StripePart(world);
        part.single();
        part.pairs();
        part.app();
        part.tell();
    }

    private void single() {
        OperatorIssuer issuer = StripeKeys.standard()
                .address(stripe.address())
                .single()
                .ticker(world.clock)
                .build();
        world.watched(replica.adopt("stripe", known("rk_live_"), issuer, POLICY), issuer);
        List<SecretValue> bad = List.of(
                key("rk_live_"), known("rk_test_"), value(PUBLISHABLE), value(LeakWorld.text(key("sk_live_")) + "\nx"));
        for (SecretValue refused : bad) {
            world.objects.add(replica.provide("stripe", refused, "alice", "new year"));
        }
        SecretValue next = known("rk_live_");
        for (FakeStripe.Mood mood : List.of(FakeStripe.Mood.BROKEN, FakeStripe.Mood.CUT, FakeStripe.Mood.WELL)) {
            stripe.is(mood);
            world.objects.add(replica.provide("stripe", next, "alice", "new year"));
            advance();
        }
    }

    private void pairs() {
        OperatorIssuer issuer = StripeKeys.standard()
                .address(stripe.address())
                .pairs()
                .ticker(world.clock)
                .build();
        world.watched(replica.adopt("stripe-pair", pair(known("rk_live_")), issuer, POLICY), issuer);
        world.objects.add(replica.provide("stripe-pair", known("rk_live_"), "alice", "half of a pair"));
        world.objects.add(replica.provide("stripe-pair", pair(known("rk_live_")), "alice", "new year"));
        advance();
        SecretValue test = known("sk_test_");
        world.evidence.thrown("pair of two modes", () -> StripePair.of(PUBLISHABLE, test));
        world.evidence.thrown("pair that is none", () -> StripePair.parse(test));
        world.objects.add(StripePair.of(PUBLISHABLE, known("rk_live_")));
    }

    private void app() {
        FakeStripeApp service = world.with(new FakeStripeApp(world.clock));
        HttpIssuer issuer = issuer(service.address(), service.appKey());
        world.watched(replica.secret("stripe-app", issuer, POLICY), issuer);
        for (FakeStripeApp.Fault fault : FakeStripeApp.Fault.values()) {
            service.faults(line -> fault);
            if (fault != FakeStripeApp.Fault.NONE) {
                world.evidence.thrown(
                        "app's key, " + fault,
                        () -> replica.secret(
                                "stripe-" + fault.name().toLowerCase(java.util.Locale.ROOT), issuer, POLICY));
            }
            world.objects.add(replica.rotate("stripe-app", "alice", "exercise"));
            advance();
        }
        service.faults(line -> FakeStripeApp.Fault.NONE);
        advance();
    }

    /** A service that says what it was told. */
    private void tell() throws IOException {
        for (int status : List.of(400, 401, 500)) {
            URI address = world.with(CarelessService.answering(status)).address();
            HttpIssuer issuer = issuer(address, key("sk_live_"));
            world.evidence.thrown("told by Stripe", () -> replica.secret("stripe-told-" + status, issuer, POLICY));
            OperatorIssuer operator = StripeKeys.standard()
                    .address(address)
                    .single()
                    .ticker(world.clock)
                    .build();
            SecretValue told = key("rk_live_");
            world.evidence.thrown(
                    "key told by Stripe", () -> replica.adopt("stripe-key-told-" + status, told, operator, POLICY));
        }
    }

    private HttpIssuer issuer(URI address, SecretValue appKey) {
        return StripeAppKeys.preview(FakeStripeApp.VERSION)
                .address(address)
                .account(FakeStripeApp.ACCOUNT)
                .keys("shop", Set.of("charges_read"), ApiCredential.in(KeyHeader.basicUser(), appKey))
                .ticker(world.clock)
                .build();
    }

    private void advance() {
        for (int i = 0; i < 4; i++) {
            world.scheduler.advance(QUARTER);
        }
    }

    /** A key that the service has made. */
    private SecretValue known(String beginning) {
        SecretValue key = key(beginning);
        stripe.made(key);
        return key;
    }

    /** A key that nobody knows. */
    private SecretValue key(String beginning) {
        String rest =
                LeakWorld.text(world.secret("key " + made++ + " of Stripe")).replaceAll("[_-]", "x");
        world.probe.learn("letters of key " + made + " of Stripe", rest.getBytes(UTF_8));
        return value(beginning + rest);
    }

    private static SecretValue pair(SecretValue key) {
        return StripePair.of(PUBLISHABLE, key).toValue();
    }

    private static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(UTF_8));
    }
}
