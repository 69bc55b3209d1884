package dev.slipring.vault;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretName;
import dev.slipring.store.ReplicaReportFormat;
import dev.slipring.store.UnusableRecordException;
import dev.slipring.vault.KeyValueEngine.Entry;
import dev.slipring.vault.KeyValueEngine.State;
import dev.slipring.vault.VaultException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last report of each replica, an entry each. Safe for use by several threads. */
final class ReplicaReports {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaReports.class);
    private static final String REPORT = "report";

    /** How long after its lease the report of a replica is still kept. */
    private static final Duration GONE = Duration.ofDays(1);

    private final KeyValueEngine engine;
    private final VaultPaths paths;

    ReplicaReports(KeyValueEngine engine, VaultPaths paths) {
        this.engine = engine;
        this.paths = paths;
    }

    /** Writes over the last report of the same replica; whoever else writes as this replica is written over, too. */
    boolean keep(SecretName secret, ReplicaReport report) {
        String path = paths.report(secret, report.replica());
        String text = ReplicaReportFormat.print(report);
        Entry last = engine.read(path);
        return engine.compareAndSet(path, last.version(), out -> out.writeStringField(REPORT, text), () -> true);
    }

    /** Those that are not gone; entries of replicas that are gone for a day are taken away on the way. */
    List<ReplicaReport> all(SecretName secret) {
        List<ReplicaReport> reports = new ArrayList<>();
        for (String replica : engine.list(paths.reports(secret))) {
            String path = paths.report(secret, replica);
            Entry entry = engine.read(path);
            Optional<ReplicaReport> report = entry.state() == State.PRESENT ? parsed(entry, path) : Optional.empty();
            Instant now = entry.answer().time();
            if (report.filter(known -> known.leaseUntil().plus(GONE).isBefore(now))
                    .isPresent()) {
                forget(path);
            } else {
                report.ifPresent(reports::add);
            }
        }
        return reports;
    }

    /** What cannot be read is left, for somebody to look at: it must not keep the others from being heard. */
    private Optional<ReplicaReport> parsed(Entry entry, String path) {
        try {
            return Optional.of(
                    ReplicaReportFormat.parse(entry.answer().text("data", "data", REPORT), engine.data(path)));
        } catch (UnusableRecordException | VaultException e) {
            LOG.atWarn().setCause(e).log("a replica's report cannot be read");
            return Optional.empty();
        }
    }

    private void forget(String path) {
        try {
            engine.remove(path);
        } catch (VaultException e) {
            if (e.kind() != Kind.DENIED) {
                throw e;
            }
            LOG.atDebug().log("the report of a replica that is gone is left, for want of a right: {}", e.getMessage());
        }
    }
}
