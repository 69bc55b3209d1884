package dev.slipring.rotation;

import java.time.Instant;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of one transition, in order: the first that is not met decides what happens instead. Not
 * thread-safe.
 */
final class Guard {
    private final Class<? extends Step> transition;
    private final Predicate<Conjunct> waived;
    private final Instant now;
    private @Nullable Step instead;

    /** {@code waived} is asked of every condition in turn, whether it holds or not. */
    Guard(Class<? extends Step> transition, Predicate<Conjunct> waived, Instant now) {
        this.transition = transition;
        this.waived = waived;
        this.now = now;
    }

    /** Needs {@code earliest} to have come; waits until then. */
    Guard notBefore(Condition condition, Instant earliest, String why) {
        return needs(condition, !now.isBefore(earliest), () -> new Step.Wait(earliest, why));
    }

    /** Needs {@code holds}; {@code otherwise} says what to do if it does not. */
    Guard needs(Condition condition, boolean holds, Supplier<Step> otherwise) {
        boolean needed = !waived.test(new Conjunct(transition, condition));
        if (instead == null && !holds && needed) {
            instead = otherwise.get();
        }
        return this;
    }

    /** The transition, or what has to come first. */
    Step then(Supplier<? extends Step> transition) {
        Step first = instead;
        return first != null ? first : transition.get();
    }
}
