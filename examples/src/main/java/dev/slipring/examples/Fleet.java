package dev.slipring.examples;

import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SlipringException;
import dev.slipring.store.SecretStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The replicas with what they share: a store and a database. Started by one thread, then safe for use by
 * several.
 */
final class Fleet implements AutoCloseable {
    static final int REPLICAS = 3;

    /** Each pool may have one more while it drains or tries a login, and each rotator may probe. */
    static final int CONNECTIONS = REPLICAS * (Replica.POOL_SIZE + 2);

    /** What an application has by default is five seconds; here every duration is shorter. */
    private static final Duration ON_DEMAND_INTERVAL = Duration.ofMillis(500);

    private final Closing resources = new Closing();
    private final List<Replica> replicas = new ArrayList<>();
    private final Postgres postgres;
    private final Handovers handovers;

    /**
     * Starts everything.
     *
     * @param timeline is told what the rotators do
     * @param news is told in words what else happens
     * @param page what {@code /timeline} answers
     * @throws CannotRunException if something is not as it must be; the message names it
     */
    Fleet(DemoOptions options, Policies policies, Timeline timeline, Consumer<String> news, Supplier<Reply> page) {
        try {
            Path temporary = resources.add(TemporaryDirectory.create()).path();
            @Nullable Stores outside = outside(options.store(), temporary.resolve("store"));
            if (outside != null) {
                requireUsable(resources.add(outside), options.jdbcUrl());
            }
            postgres = resources.add(postgres(options, temporary.resolve("postgres"), news));
            Stores stores = outside == null ? resources.add(Stores.inDatabase(postgres)) : outside;
            Optional<Sabotage> sabotage =
                    Optional.of(new Sabotage(postgres, news)).filter(s -> options.broken());
            sabotage.ifPresent(resources::add);
            handovers = new Handovers(postgres, old -> sabotage.ifPresent(s -> s.afterHandover(old)));
            timeline.onPromotion(handovers);
            Replica.Surroundings surroundings = new Replica.Surroundings(postgres, policies, CONNECTIONS, page);
            for (int number = 1; number <= REPLICAS; number++) {
                String name = "replica " + number;
                Optional<Sabotage> lies = sabotage.filter(s -> replicas.size() == REPLICAS - 1);
                SecretStore own = stores.open();
                replicas.add(resources.add(new Replica(
                        name,
                        lies.map(s -> s.lagging(own)).orElse(own),
                        lies.map(Sabotage::onDemandInterval).orElse(ON_DEMAND_INTERVAL),
                        timeline.listener(name),
                        surroundings)));
                news.accept(name + " serves http://127.0.0.1:"
                        + replicas.get(number - 1).port());
            }
        } catch (SlipringException | PoolInitializationException e) {
            resources.close();
            throw new CannotRunException(String.valueOf(e.getMessage()), e);
        } catch (RuntimeException e) {
            resources.close();
            throw e;
        }
    }

    List<Replica> replicas() {
        return List.copyOf(replicas);
    }

    Postgres postgres() {
        return postgres;
    }

    Handovers handovers() {
        return handovers;
    }

    /** Stops everything that was started and deletes what is temporary. */
    @Override
    public void close() {
        resources.close();
    }

    private static Postgres postgres(DemoOptions options, Path directory, Consumer<String> news) {
        if (options.jdbcUrl().isPresent()) {
            return Postgres.existing(
                    options.jdbcUrl().get(),
                    options.jdbcUser(),
                    Optional.ofNullable(System.getenv(DemoOptions.PASSWORD_VARIABLE)),
                    options.store().lasts());
        }
        news.accept("starting an embedded PostgreSQL");
        return Postgres.embedded(directory);
    }

    /** The store, if it is not in the application's database. */
    private static @Nullable Stores outside(StorePlace place, Path temporary) {
        return switch (place.kind()) {
            case FILE -> Stores.inFiles(place.directory().orElse(temporary));
            case VAULT -> Stores.inVault(System.getenv());
            case AWS -> Stores.inAws(System.getenv());
            case JDBC -> null;
        };
    }

    /** Finds out before the database starts what would stop the replicas after it. */
    private static void requireUsable(Stores stores, Optional<String> jdbcUrl) {
        try {
            SecretStore store = stores.open();
            for (String secret : Rotations.SECRETS) {
                boolean exists = store.read(SecretName.of(secret)).record().isPresent();
                if (exists && secret.equals(Replica.LOGIN) && jdbcUrl.isEmpty()) {
                    throw new CannotRunException(store + " knows a login of another database: take a new place, or"
                            + " name that database with --jdbc-url");
                }
            }
        } catch (SlipringException e) {
            throw new CannotRunException("the store cannot be used: " + e.getMessage(), e);
        }
    }
}
