/** Completion for shells, from the table of options. */
import { NAME } from "../version.js";
import type { Shell } from "./shells.js";
import { shellCommands, shellOptions, type ShellOption } from "./words.js";

/** The script that `shell` is to read. Ends with a newline. */
export function completionScript(shell: Shell): string {
  switch (shell) {
    case "bash":
      return bash();
    case "zsh":
      return zsh();
    case "fish":
      return fish();
  }
}

const HOW_TO: Readonly<Record<Shell, string>> = {
  bash: `eval "$(${NAME} completion bash)"`,
  zsh: `source <(${NAME} completion zsh)`,
  fish: `${NAME} completion fish | source`,
};

function head(shell: Shell): string {
  return `# Completion of ${NAME} for ${shell}. In the shell's start-up file:\n#   ${HOW_TO[shell]}`;
}

/** `text` within single quotes of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function bash(): string {
  const options = shellOptions();
  const commands = shellCommands();
  const caseLines = [...options, ...commands.flatMap((command) => command.options)].flatMap(
    ({ words, takesArgument, values }) =>
      takesArgument ? [`    ${words.join("|")}) ${bashValues(values)} ;;`] : [],
  );
  const commandLines = commands.map(({ word, options: own, arguments: words }) => {
    const offered = [...own.flatMap((option) => option.words), ...words];
    return `    ${word}) words=${quoted(offered.join(" "))} ;;`;
  });
  return `${head("bash")}
_mem_pc() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} words=''
  COMPREPLY=()
  # bash cuts words at = and :, which are letters of values here.
  if declare -F _get_comp_words_by_ref > /dev/null; then
    _get_comp_words_by_ref -n =: cur prev
  fi
  case $prev in
${caseLines.join("\n")}
  esac
  case \${COMP_WORDS[1]} in
${commandLines.join("\n")}
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$words ${options.flatMap(({ words }) => words).join(" ")}" -- "$cur"))
  else
    if [[ $COMP_CWORD -eq 1 ]]; then words=${quoted(commands.map(({ word }) => word).join(" "))}; fi
    compopt -o filenames 2> /dev/null
    COMPREPLY=($(compgen -W "$words" -- "$cur") $(compgen -f -- "$cur"))
  fi
}
complete -F _mem_pc ${NAME}
`;
}

function bashValues(values: ShellOption["values"]): string {
  if (values === "file") {
    return 'compopt -o filenames 2> /dev/null; COMPREPLY=($(compgen -f -- "$cur")); return';
  }
  if (values.length === 0) return "return";
  const nospace = values.some((value) => /[=:,]$/.test(value)) ? "compopt -o nospace; " : "";
  return (
    `${nospace}COMPREPLY=($(compgen -W ${quoted(values.join(" "))} -- "$cur")); ` +
    "if declare -F __ltrim_colon_completions > /dev/null; then " +
    '__ltrim_colon_completions "$cur"; fi; return'
  );
}

function zsh(): string {
  const options = shellOptions();
  const commands = shellCommands();
  const special = /[\\:[\]]/g;
  const text = (help: string): string => help.replace(special, "\\$&");
  const spec = ({ words, takesArgument, values, help }: ShellOption): string[] =>
    words.map((word) => {
      const action =
        values === "file"
          ? "_files"
          : values.length === 0
            ? " "
            : `(${values.map((value) => value.replace(special, "\\$&")).join(" ")})`;
      return `    ${quoted(`*${word}[${text(help)}]${takesArgument ? `:value:${action}` : ""}`)}`;
    });
  const commandCases = commands.map(({ word, options: own, arguments: words }) => {
    const specs = [
      ...own.flatMap(spec),
      ...(own.length > 0 ? ["    $options"] : []),
      ...(words.length > 0 ? [`    ${quoted(`1:name:(${words.join(" ")})`)}`] : []),
    ];
    return `  ${word})\n    shift words; (( CURRENT-- ))\n    _arguments \\\n${specs
      .map((line) => `  ${line}`)
      .join(" \\\n")}\n    return ;;`;
  });
  return `#compdef ${NAME}
${head("zsh")}
_mem_pc() {
  local -a options commands
  options=(
${options.flatMap(spec).join("\n")}
  )
  commands=(
${commands.map(({ word, help }) => `    ${quoted(`${word}:${help}`)}`).join("\n")}
  )
  case $words[2] in
${commandCases.join("\n")}
  esac
  if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then
    _describe command commands
  fi
  _arguments $options '*:disk image:_files'
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _mem_pc "$@"; else compdef _mem_pc ${NAME}; fi
`;
}

function fish(): string {
  const lines = shellCommands().flatMap(({ word, help, options, arguments: words }) => [
    `complete -c ${NAME} -n __fish_use_subcommand -a ${word} -d ${quoted(help)}`,
    ...options.flatMap((option) => fishOption(option, `-n ${quoted(seen(word))}`)),
    ...words.map((name) => `complete -c ${NAME} -f -n ${quoted(seen(word))} -a ${name}`),
  ]);
  return `${[head("fish"), ...lines, ...shellOptions().flatMap((option) => fishOption(option, ""))].join("\n")}\n`;
}

function seen(word: string): string {
  return `__fish_seen_subcommand_from ${word}`;
}

function fishOption(option: ShellOption, condition: string): string[] {
  const { words, takesArgument, values, help } = option;
  return words.map((word) => {
    const name = word.replace(/^-+/, "");
    // One letter is a word as the others are (-o, not -s): `-mo` is the beginning of `-monitor`.
    const kind = word.startsWith("--") ? "-l" : "-o";
    const argument = !takesArgument
      ? ""
      : values === "file"
        ? "-r -F"
        : values.length === 0
          ? "-x"
          : `-x -a ${quoted(values.join(" "))}`;
    return [`complete -c ${NAME}`, condition, `${kind} ${name}`, argument, `-d ${quoted(help)}`]
      .filter((part) => part !== "")
      .join(" ");
  });
}
