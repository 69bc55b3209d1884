package dev.slipring.examples;

import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SlipringException;
import dev.slipring.store.SecretStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The replicas with what they share: a store, a database and a third party's API. Started by one thread, then safe for use by
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
    private final Latencies apiCalls = new Latencies();

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
                requireUsable(resources.add(outside), options);
            }
            postgres = resources.add(postgres(options, temporary.resolve("postgres"), news));
            Stores stores = outside == null ? resources.add(Stores.inDatabase(postgres)) : outside;
            PretendOpenAi openAi = resources.add(PretendOpenAi.start(accounts(options.store())));
            news.accept("a stand-in for OpenAI serves " + openAi.base());
            Optional<Sabotage> sabotage =
                    Optional.of(new Sabotage(postgres, openAi, news)).filter(s -> options.broken());
            sabotage.ifPresent(resources::add);
            handovers = new Handovers(postgres);
            timeline.onSuccession((change, old) -> {
                handovers.advanced(change, old);
                sabotage.ifPresent(s -> s.advanced(change, old));
            });
            Stopwatch calls = new Stopwatch(timeline.clock(), timeline::rotating, apiCalls);
            Replica.Surroundings surroundings =
                    new Replica.Surroundings(postgres, CONNECTIONS, openAi, calls, policies, page);
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

    /** How long the replicas' calls of the third party took. */
    Latencies apiCalls() {
        return apiCalls;
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

    /** Where the service that the API key is of remembers its accounts: beside a store that remembers their keys. */
    private static Optional<Path> accounts(StorePlace store) {
        return store.directory().map(directory -> Path.of(directory + ".openai"));
    }

    private static boolean remembered(StorePlace store) {
        return accounts(store).filter(Files::exists).isPresent();
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
    private static void requireUsable(Stores stores, DemoOptions options) {
        try {
            SecretStore store = stores.open();
            for (String secret : Rotations.SECRETS) {
                boolean exists = store.read(SecretName.of(secret)).record().isPresent();
                if (exists && secret.equals(Replica.LOGIN) && options.jdbcUrl().isEmpty()) {
                    throw new CannotRunException(store + " knows a login of another database: take a new place, or"
                            + " name that database with --jdbc-url");
                }
                if (exists && secret.equals(Replica.API_KEY) && !remembered(options.store())) {
                    throw new CannotRunException(
                            store + " knows an API key of a service that does not remember it:" + " take a new place");
                }
            }
        } catch (SlipringException e) {
            throw new CannotRunException("the store cannot be used: " + e.getMessage(), e);
        }
    }
}
