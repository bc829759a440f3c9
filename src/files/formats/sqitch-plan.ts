/** A change of a sqitch plan, and its script's name. */
export interface SqitchChange {
  readonly name: string;
  /** `name`, or for one that was reworked later `name@tag`, with the tag before the rework. */
  readonly script: string;
}

/** Reads `sqitch.plan`: one change a line, tags after the change they stand for; pragmas, comments and notes are left out. */
export function readSqitchPlan(text: string): readonly SqitchChange[] {
  const changes: { name: string; tag: string | undefined }[] = [];
  let untagged: { name: string; tag: string | undefined }[] = [];
  for (const line of text.replaceAll("\r\n", "\n").split("\n")) {
    const plain = line.replace(/#.*$/, "").trim();
    if (plain === "" || plain.startsWith("%")) continue;
    const [word = ""] = plain.replace(/^\+\s*/, "").split(/\s/);
    if (word.startsWith("@")) {
      for (const change of untagged) change.tag = word;
      untagged = [];
    } else {
      const change = { name: word, tag: undefined };
      changes.push(change);
      untagged.push(change);
    }
  }
  return changes.map(({ name, tag }, index) => {
    const isReworked = changes.slice(index + 1).some((later) => later.name === name);
    return { name, script: isReworked && tag !== undefined ? `${name}${tag}` : name };
  });
}
