import type { CompletedCommand, CompletedOption, CompletionModel } from "./completion-model.ts";

/** The completion script of zsh; it can be sourced, or stand as `_gander` in a folder of `$fpath`. */
export function zshScript({ commands, options }: CompletionModel): string {
  return `#compdef gander
# zsh completion for gander:  source <(gander completion zsh)
_gander_versions() {
    local dir=\${opt_args[--dir]:-\${opt_args[-d]:-\${GANDER_DIR:-\${GOOSE_MIGRATION_DIR:-migrations}}}}
    local -a versions
    versions=(\${dir}/<->_*.sql(N:t))
    versions=(\${versions/_/:})
    _describe version versions
}
_gander() {
    local context state state_descr line
    typeset -A opt_args
    local -a globals commands
    globals=(
${options.flatMap((option) => specs(option)).join("\n")}
    )
    commands=(
${commands.map(({ name, summary }) => `        ${quoted(`${name}:${summary}`)}`).join("\n")}
    )
    _arguments -C $globals '1: :->command' '*:: :->rest'
    case $state in
    command) _describe command commands ;;
    rest)
        case $line[1] in
${commands.map(restCase).join("\n")}
        *) _arguments $globals ;;
        esac
        ;;
    esac
}
if [[ $funcstack[1] == _gander ]]; then
    _gander "$@"
else
    compdef _gander gander
fi
`;
}

function restCase({ name, options, argument }: CompletedCommand): string {
  const own = options.flatMap((option) => specs(option).map((spec) => spec.trim()));
  const completion =
    argument === "none"
      ? []
      : [argument === "version" ? "'1:version:_gander_versions'" : `'1: :(${argument.join(" ")})'`];
  return `        ${name}) _arguments ${["$globals", ...own, ...completion].join(" ")} ;;`;
}

function specs({ short, long, description, value }: CompletedOption): string[] {
  const text = description.replace(/[[\]:]/gu, "");
  const name = long.slice(2);
  const action =
    value === "none"
      ? ""
      : value === "text"
        ? `:${name}: `
        : value === "folder"
          ? `:${name}:_files -/`
          : value === "file"
            ? `:${name}:_files`
            : `:${name}:(${value.join(" ")})`;
  return [short, long]
    .filter((part) => part !== undefined)
    .map((part) => `        ${quoted(`${part}[${text}]${action}`)}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
