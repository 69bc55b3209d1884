package dev.slipring.observe.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintStream;
import java.nio.file.Path;

/** Another process that appends to a trail, {@code <directory> <first number>}, and says each number that was kept. */
final class AuditTrailProcess {
    private AuditTrailProcess() {}

    public static void main(String[] args) {
        PrintStream out = new PrintStream(System.out, true, UTF_8);
        AuditTrail trail = AuditTrail.in(Path.of(args[0])).maxBytes(8 * 1024).build();
        for (int number = Integer.parseInt(args[1]); ; number++) {
            trail.append(AuditEvents.plain(number));
            out.println(number);
        }
    }
}
