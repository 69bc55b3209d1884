package dev.slipring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.rotation.SecretKind;
import dev.slipring.rotation.UseReport;
import dev.slipring.store.ForwardingStore;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretStore;
import dev.slipring.store.StoreUnavailableException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Closing ends every thread that was started, whatever hangs: real threads, and fakes that hang until told. */
@Timeout(60)
class SlipringCloseTest {
    /** So often looked at that a rotator's own thread comes to the issuer at once. */
    private static final RotationPolicy POLICY = RotationPolicy.builder(SecretKind.SELF, Duration.ofDays(90))
            .refresh(Duration.ofMillis(20))
            .build();

    private static final RotationPolicy SELDOM =
            RotationPolicy.builder(SecretKind.SELF, Duration.ofDays(90)).build();

    private final Set<Thread> before = threads();
    private final CountDownLatch released = new CountDownLatch(1);
    private final HangingStore store = new HangingStore(InMemorySecretStore.create(), released);
    private final HangingIssuer issuer = new HangingIssuer(released);
    private final Slipring slipring = Slipring.builder(store).build();

    @AfterEach
    void release() {
        released.countDown();
        slipring.close();
    }

    @Test
    void close_ofOwnThreads_endsThemWithinASecond() throws Exception {
        slipring.secret("first", issuer, POLICY).requestRefresh();
        slipring.secret("second", issuer, POLICY);
        Set<Thread> started = started();
        assertThat(started).isNotEmpty().allMatch(Thread::isDaemon);
        closeWithinASecond();
        assertEnded(started);
    }

    @Test
    void close_whileTheStoreHangs_endsWithinASecond() throws Exception {
        RotatingSecret secret = slipring.secret("first", issuer, POLICY);
        store.hang = true;
        secret.requestRefresh();
        store.reached.await();
        Set<Thread> started = started();
        closeWithinASecond();
        assertEnded(started);
    }

    @Test
    void close_whileTheIssuerHangs_endsWithinASecond() throws Exception {
        slipring.secret("first", issuer, POLICY);
        hangInTheIssuer();
        Set<Thread> started = started();
        closeWithinASecond();
        assertEnded(started);
    }

    @Test
    void close_whileStoreAndIssuerAndACallersReadHang_endsWithinASecond() throws Exception {
        RotatingSecret first = slipring.secret("first", issuer, POLICY);
        RotatingSecret second = slipring.secret("second", issuer, POLICY);
        RotatingSecret third = slipring.secret("third", issuer, SELDOM); // nobody else reads it meanwhile
        hangInTheIssuer();
        store.hang = true;
        Thread caller = new Thread(() -> {
            Throwable unused = catchThrowable(third::refresh);
        });
        caller.start(); // none of our threads: closing cannot end it and does not wait for it
        store.reachedByCaller.await();
        first.requestRefresh();
        second.requestRefresh();
        store.reached.await();
        Set<Thread> started = started();
        assertThat(started).hasSizeGreaterThanOrEqualTo(2);
        closeWithinASecond();
        assertEnded(started);
        released.countDown();
        caller.join();
        for (RotatingSecret secret : List.of(first, second, third)) {
            assertThatThrownBy(() -> secret.keyring().primary().value().copyBytes())
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    /** The command fails in this thread; the rotator's own thread tries again and hangs. */
    private void hangInTheIssuer() throws InterruptedException {
        issuer.failing = true;
        assertThatThrownBy(() -> slipring.rotate("first", "anna", "drill")).isInstanceOf(IssuerException.class);
        issuer.hang = true;
        issuer.reached.await();
    }

    private void closeWithinASecond() throws InterruptedException {
        Thread closing = new Thread(slipring::close);
        closing.start();
        assertEnded(Set.of(closing));
    }

    private static void assertEnded(Set<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(1000);
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
    }

    private Set<Thread> started() {
        Set<Thread> started = threads();
        started.removeAll(before);
        return started;
    }

    private static Set<Thread> threads() {
        Set<Thread> all = new HashSet<>(Thread.getAllStackTraces().keySet());
        all.removeIf(thread -> !thread.getName().startsWith("slipring-"));
        return all;
    }

    private static void hangUntil(CountDownLatch reached, CountDownLatch released) throws InterruptedException {
        reached.countDown();
        released.await();
    }

    /** A store whose reads do not answer once it hangs; they can be interrupted. */
    private static final class HangingStore extends ForwardingStore {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch reachedByCaller = new CountDownLatch(1);
        private final CountDownLatch released;
        private volatile boolean hang;

        HangingStore(SecretStore store, CountDownLatch released) {
            super(store);
            this.released = released;
        }

        @Override
        public Reading read(SecretName secret) {
            if (hang) {
                boolean own = Thread.currentThread().getName().startsWith("slipring-");
                try {
                    hangUntil(own ? reached : reachedByCaller, released);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new StoreUnavailableException("interrupted", e);
                }
            }
            return super.read(secret);
        }
    }

    /** An issuer that fails to mint, and does not answer at all once it hangs; it can be interrupted. */
    private static final class HangingIssuer implements SecretIssuer {
        private final SecretIssuer issuer = RandomIssuer.bytes(32);
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch released;
        private volatile boolean failing;
        private volatile boolean hang;

        HangingIssuer(CountDownLatch released) {
            this.released = released;
        }

        @Override
        public IssuerTraits traits() {
            return issuer.traits();
        }

        @Override
        public SecretValue mint(Issuance issuance, Collection<SecretValue> existing) {
            if (hang) {
                try {
                    hangUntil(reached, released);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            if (failing) {
                throw new IssuerException("as planned");
            }
            return issuer.mint(issuance, existing);
        }

        @Override
        public void install(Issuance issuance, SecretValue value) {}

        @Override
        public ProbeVerdict probe(Issuance issuance, SecretValue value) {
            return issuer.probe(issuance, value);
        }

        @Override
        public void revoke(Issuance issuance) {}

        @Override
        public UseReport use(Issuance issuance) {
            return issuer.use(issuance);
        }
    }
}
