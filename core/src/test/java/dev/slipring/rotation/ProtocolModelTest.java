package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.rotation.Explorer.Exploration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Visits every state of the protocol that a handful of small worlds can get into, through the code that decides in
 * production: several engines and readers, crashes between any two steps, lag, skew, lost replies.
 */
@Tag("model")
class ProtocolModelTest {
    @Test
    void models_everyStateVisited_areSound() throws InterruptedException, ExecutionException {
        List<Exploration> explored = explored(Models.all());

        report(explored);
        assertThat(explored)
                .allSatisfy(e -> assertThat(e.broken()).as(e.size().model()).isEmpty());
        assertThat(explored.stream().mapToInt(e -> e.size().states()).sum()).isGreaterThanOrEqualTo(1_000_000);
        assertThat(explored.stream().flatMap(e -> e.taken().keySet().stream()))
                .as("steps taken")
                .containsAll(everyStep());
        assertThat(explored.stream().flatMap(e -> e.asked().stream()).collect(Collectors.toSet()))
                .as("conditions, each with a test that leaves it out")
                .isEqualTo(conditions());
    }

    private static Set<Conjunct> conditions() {
        Set<Conjunct> conditions =
                Weakening.all().stream().map(Weakening::conjunct).collect(Collectors.toSet());
        conditions.add(Weakening.IMPLIED);
        return conditions;
    }

    private static List<String> everyStep() {
        return Stream.of(Step.Write.class, Step.Effect.class, Step.Rest.class)
                .flatMap(type -> Stream.of(type.getPermittedSubclasses()))
                .map(Class::getSimpleName)
                .toList();
    }

    private static List<Exploration> explored(List<Model> models) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Exploration> explored = new ArrayList<>();
            for (Future<Exploration> each : threads.invokeAll(models.stream()
                    .map(model -> (Callable<Exploration>) () -> Explorer.exhaust(model))
                    .toList())) {
                explored.add(each.get());
            }
            return explored;
        } finally {
            threads.shutdownNow();
        }
    }

    private static void report(List<Exploration> explored) {
        Map<String, Long> taken = new TreeMap<>();
        long states = 0;
        StringBuilder report = new StringBuilder("%-28s%12s%8s%10s%n".formatted("model", "states", "depth", "seconds"));
        for (Exploration each : explored) {
            Explorer.Size size = each.size();
            states += size.states();
            report.append(String.format(
                    Locale.ROOT,
                    "%-28s%12d%8d%10.1f%n",
                    size.model(),
                    size.states(),
                    size.depth(),
                    size.took().toMillis() / 1000.0));
            each.taken().forEach((step, times) -> taken.merge(step, times, Long::sum));
            each.broken().ifPresent(broken -> report.append(broken).append(System.lineSeparator()));
        }
        report.append(String.format("%nsteps taken%n"));
        taken.forEach((step, times) -> report.append("%-28s%12d%n".formatted(step, times)));
        System.out.println(report.append("states explored: ").append(states));
    }
}
