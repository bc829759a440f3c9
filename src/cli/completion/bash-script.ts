import type { CompletedOption, CompletionModel } from "./completion-model.ts";

/** The completion script of bash. */
export function bashScript({ commands, options }: CompletionModel): string {
  const names = commands.map(({ name }) => name);
  const versioned = commands.filter(({ argument }) => argument === "version").map(({ name }) => name);
  const worded = commands.flatMap(({ name, argument }) => (typeof argument === "object" ? [{ name, argument }] : []));
  // Flags that have the name of a setting, and no value.
  const own = commands.flatMap((command) =>
    command.options
      .filter(({ long }) => options.some((one) => one.long === long))
      .map(({ long }) => `"${command.name} ${long}"`),
  );
  return `# bash completion for gander:  source <(gander completion bash)
_gander_versions() {
    local dir=\${GANDER_DIR:-\${GOOSE_MIGRATION_DIR:-migrations}} i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case \${COMP_WORDS[i]} in -d | --dir) dir=\${COMP_WORDS[i + 1]} ;; esac
    done
    command ls -- "$dir" 2>/dev/null | command sed -n 's/^\\([0-9]\\{1,\\}\\)_.*\\.sql$/\\1/p'
}
_gander() {
    local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} name= words= i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case \${COMP_WORDS[i]} in
        ${names.join(" | ")})
            name=\${COMP_WORDS[i]}
            break
            ;;
        esac
    done
    case "$name $prev" in
    ${own.join(" | ")}) prev= ;;
    esac
    case $prev in
${options.flatMap(valueCase).join("\n")}
    esac
    if [[ $cur == -* ]]; then
        words="${options.map(({ long }) => long).join(" ")}"
        case $name in
${commands
  .filter((command) => command.options.length > 0)
  .map((command) => `        ${command.name}) words+=" ${command.options.map(({ long }) => long).join(" ")}" ;;`)
  .join("\n")}
        esac
    else
        case $name in
        "") words="${names.join(" ")} help" ;;
        ${versioned.join(" | ")}) words=$(_gander_versions) ;;
${worded.map(({ name, argument }) => `        ${name}) words="${argument.join(" ")}" ;;`).join("\n")}
        esac
    fi
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _gander gander
`;
}

function valueCase(option: CompletedOption): string[] {
  if (option.value === "none") return [];
  const pattern = [option.short, option.long].filter((part) => part !== undefined).join(" | ");
  if (option.value === "text") return [`    ${pattern}) return ;;`];
  const source = option.value === "folder" ? "-d" : option.value === "file" ? "-f" : `-W "${option.value.join(" ")}"`;
  return [`    ${pattern})\n        COMPREPLY=($(compgen ${source} -- "$cur"))\n        return\n        ;;`];
}
