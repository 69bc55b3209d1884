package dev.slipring.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * What one operation costs in CPU time of the threads that ran it: {@code -prof dev.slipring.bench.CpuTime}. Where
 * others use the machine as well, ratios of this mean more than ratios of elapsed time. The CPU time of the whole
 * process, with the compiler and the collector, is told too: in a young process they are part of the price.
 */
public final class CpuTime implements InternalProfiler {
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private long before;
    private long processBefore;

    @Override
    public String getDescription() {
        return "CPU time of the benchmark's own threads";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        processBefore = process.getProcessCpuTime();
        before = nanos();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        long spent = nanos() - before;
        long processSpent = process.getProcessCpuTime() - processBefore;
        long operations = result.getMetadata().getAllOps();
        return List.of(
                new ScalarResult("cpu", (double) spent / operations, "ns/op", AggregationPolicy.AVG),
                new ScalarResult("cpu.process", (double) processSpent / operations, "ns/op", AggregationPolicy.AVG));
    }

    private long nanos() {
        long sum = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().contains("-jmh-worker-")) {
                sum += threads.getThreadCpuTime(thread.getThreadId());
            }
        }
        return sum;
    }
}
