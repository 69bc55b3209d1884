package dev.slipring.examples.cli;

import dev.slipring.keyring.SlipringException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Says on one line why a command was not carried out. What was typed is not repeated unless it has the form of an
 * option: it may be a value in the wrong place. Stateless.
 */
final class Complaints {
    private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]{0,30}");

    private Complaints() {}

    /** Of a command line that cannot be understood. */
    static String of(ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        return problem(e) + "; " + command + " --help tells more";
    }

    private static String problem(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched);
        } else if (e instanceof MissingParameterException missing
                && !missing.getMissing().isEmpty()) {
            return missing.getMissing().stream()
                    .map(Complaints::label)
                    .collect(Collectors.joining(", ", "missing: ", ""));
        }
        ArgSpec argument = e.getArgSpec();
        if (argument == null) {
            return "an option is given twice, or without its value";
        }
        List<String> candidates = new ArrayList<>();
        Iterable<String> known = argument.completionCandidates();
        if (known != null) {
            candidates.addAll(StreamSupport.stream(known.spliterator(), false).toList());
        }
        return label(argument) + " cannot be understood, or is given twice"
                + (candidates.isEmpty() ? "" : "; it is one of " + String.join(", ", candidates));
    }

    private static String unmatched(UnmatchedArgumentException e) {
        List<String> typed = e.getUnmatched();
        String first = typed.isEmpty() ? "" : typed.get(0);
        String option = first.contains("=") ? first.substring(0, first.indexOf('=')) : first;
        if (OPTION.matcher(option).matches()) {
            return "there is no option " + option;
        }
        return e.getCommandLine().getParent() == null
                ? "there is no such command"
                : "there is an argument too many; the value of a secret never is an argument";
    }

    private static String label(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    /** Of a command that failed. */
    static Reply of(Throwable e, CommandLine line) {
        if (e instanceof NotDoneException notDone) {
            return Reply.problem(notDone.exit(), String.valueOf(notDone.getMessage()));
        } else if (e instanceof SlipringException) {
            return Reply.problem(Exit.FAILED, String.valueOf(e.getMessage()));
        } else if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            return Reply.problem(Exit.PENDING, "interrupted; what was ordered before stays ordered");
        }
        return Reply.problem(
                Exit.INTERNAL,
                line.getCommandSpec().qualifiedName() + " failed: "
                        + e.getClass().getName() + "; --debug shows where");
    }
}
