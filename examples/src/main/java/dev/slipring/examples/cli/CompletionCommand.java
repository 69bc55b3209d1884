package dev.slipring.examples.cli;

import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** Prints the script of a shell's completion. */
@CommandLine.Command(
        name = "completion",
        description = "Print a script that completes commands, options and the names of secrets: in bash,"
                + " source <(./slipring completion bash)")
final class CompletionCommand extends Subcommand {
    /** The shells there is a script for. */
    enum Shell {
        /** Bash, and zsh with bashcompinit. */
        BASH;

        @Override
        public String toString() {
            return "bash";
        }
    }

    /** What the generated function does not know: names, which are asked of the store that the line names. */
    private static final String NAMES = """

            # Completes the names of secrets from the store that the command line or the environment names.
            function _slipring_with_names() {
              _complete_slipring "$@"
              local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" option
              local given=()
              if [ "${#COMPREPLY[@]}" -gt 0 ] || [[ "$current" == -* ]] || [[ "$before" == --* ]]; then
                return 0
              fi
              case "${COMP_WORDS[1]}" in
                generate|status|plan|rotate|provide|hold|release|compromised) ;;
                *) return 0 ;;
              esac
              for option in store prefix mount jdbc-url jdbc-user jdbc-schema; do
                if [[ "$COMP_LINE" =~ --$option[=\\ ]+([^\\ ]+) ]]; then
                  given+=("--$option=${BASH_REMATCH[1]}")
                fi
              done
              COMPREPLY=( $(compgen -W "$("${COMP_WORDS[0]}" names "${given[@]}" 2>/dev/null)" -- "$current") )
            }
            complete -F _slipring_with_names -o default slipring ./slipring
            """;

    @Parameters(index = "0", paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
    Shell shell = Shell.BASH;

    CompletionCommand(Surroundings around) {
        super(around);
    }

    @Override
    Reply answer() {
        String script = AutoComplete.bash("slipring", SlipringCommand.commands(around())) + NAMES;
        return Reply.done(
                List.of(Reply.Field.of("script", script)), script.lines().toList());
    }
}
