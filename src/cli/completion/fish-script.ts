import type { CompletedOption, CompletionModel } from "./completion-model.ts";

/** The completion script of fish. */
export function fishScript({ commands, options }: CompletionModel): string {
  const names = commands.map(({ name }) => name).join(" ");
  return `# fish completion for gander:  gander completion fish | source
function __gander_versions
    set -l dir migrations
    set -q GOOSE_MIGRATION_DIR; and set dir $GOOSE_MIGRATION_DIR
    set -q GANDER_DIR; and set dir $GANDER_DIR
    for file in $dir/*_*.sql
        string replace -r '^.*/([0-9]+)_(.*)\\.sql$' '$1\\t$2' -- $file
    end
end
complete -c gander -f
${options.map((option) => optionLine(option, "")).join("\n")}
${commands
  .flatMap(({ name, summary, options: own, argument }) => [
    `complete -c gander -n 'not __fish_seen_subcommand_from ${names}' -a ${name} -d ${quoted(summary)}`,
    ...own.map((option) => optionLine(option, ` -n '__fish_seen_subcommand_from ${name}'`)),
    ...(argument === "none"
      ? []
      : [
          `complete -c gander -n '__fish_seen_subcommand_from ${name}' -a ${argument === "version" ? "'(__gander_versions)'" : quoted(argument.join(" "))}`,
        ]),
  ])
  .join("\n")}
`;
}

function optionLine({ short, long, description, value }: CompletedOption, condition: string): string {
  const shortPart = short === undefined ? "" : ` -s ${short.slice(1)}`;
  const valuePart =
    value === "none"
      ? ""
      : value === "text"
        ? " -x"
        : value === "folder"
          ? " -x -a '(__fish_complete_directories)'"
          : value === "file"
            ? " -r -F"
            : ` -x -a ${quoted(value.join(" "))}`;
  return `complete -c gander${condition}${shortPart} -l ${long.slice(2)}${valuePart} -d ${quoted(description)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
