package dev.slipring;

import dev.slipring.keyring.SlipringException;
import dev.slipring.rotation.Answer;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.Rotator;
import java.util.Map;
import java.util.TreeMap;

/** Declares several secrets compromised. Stateless. */
final class Declarations {
    private Declarations() {}

    /**
     * Declares each of {@code members}, whatever becomes of the others.
     *
     * @throws SlipringException the first failure, with the others suppressed
     */
    static Map<String, Answer> all(Map<String, Rotator> members, String by, String reason) {
        Map<String, Answer> answers = new TreeMap<>();
        SlipringException failed = null;
        for (Map.Entry<String, Rotator> member : members.entrySet()) {
            Rotator rotator = member.getValue();
            try {
                Command command = Command.Compromise.of(rotator.policy().kind(), by, reason);
                answers.put(member.getKey(), rotator.command(command));
            } catch (SlipringException e) {
                if (failed == null) {
                    failed = e;
                } else {
                    failed.addSuppressed(e);
                }
            }
        }
        if (failed != null) {
            throw failed;
        }
        return answers;
    }
}
