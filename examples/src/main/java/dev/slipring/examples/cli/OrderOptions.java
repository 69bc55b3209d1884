package dev.slipring.examples.cli;

import picocli.CommandLine.Option;

/** Who orders something, why, and where that is kept. */
final class OrderOptions extends AuditOptions {
    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            required = true,
            description = "why; kept in the record and in the audit trail, so it must hold no secret")
    String reason = "";

    String reason() {
        return checkedReason(reason);
    }
}
