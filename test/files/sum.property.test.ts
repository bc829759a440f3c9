import fc from "fast-check";
import { expect, test } from "vitest";
import { compareSum } from "../../src/files/sum/compare-sum.ts";
import { parseSum, renderSum, type SummedFile } from "../../src/files/sum/sum-line.ts";

const folders = fc
  .uniqueArray(fc.record({ version: fc.integer({ min: 1, max: 99 }), text: fc.string() }), {
    selector: ({ version }) => version,
    minLength: 1,
    maxLength: 12,
  })
  .map((files) =>
    files.toSorted((a, b) => a.version - b.version).map(({ version, text }) => file(version, `${text}~${version}`)),
  );

function file(version: number, text: string): SummedFile {
  return { version: BigInt(version), name: `${version}_m.sql`, path: "", text };
}

const compare = (sum: string, files: readonly SummedFile[]) =>
  compareSum(parseSum(sum).lines, files).map(({ kind, name }) => `${kind} ${name}`);

test("what was changed since the sum was made is named, and nothing else", () => {
  const edits = fc.array(fc.tuple(fc.nat(), fc.constantFrom("changed", "added", "gone")), { maxLength: 5 });
  fc.assert(
    fc.property(folders, edits, (files, chosen) => {
      const kinds = new Map(chosen.map(([index, kind]) => [files[index % files.length]!.name, kind]));
      const before = files.filter(({ name }) => kinds.get(name) !== "added");
      const now = files
        .filter(({ name }) => kinds.get(name) !== "gone")
        .map((one) => (kinds.get(one.name) === "changed" ? { ...one, text: `${one.text}!` } : one));
      const expected = [...kinds].map(([name, kind]) => `${kind} ${name}`);
      expect(compare(renderSum(before), now).toSorted()).toEqual(expected.toSorted());
    }),
  );
});

test("a sum with its lines in another order, or with lines lost, never agrees", () => {
  fc.assert(
    fc.property(folders, fc.nat(), fc.nat(), (files, from, to) => {
      const lines = renderSum(files).split("\n").slice(0, -1);
      const moved = lines[from % lines.length]!;
      const rest = lines.filter((line) => line !== moved);
      const names = compare(rest.join("\n"), files);
      expect(names).toEqual([`added ${moved.split(" ")[0]}`]);
      const place = to % lines.length;
      const other = rest.toSpliced(place, 0, moved);
      if (other.join() !== lines.join()) expect(compare(other.join("\n"), files)).not.toEqual([]);
    }),
  );
});

test("two sums are equal only where the files are", () => {
  fc.assert(
    fc.property(folders, folders, (left, right) => {
      const same = JSON.stringify(left.map(asText)) === JSON.stringify(right.map(asText));
      expect(renderSum(left) === renderSum(right)).toBe(same);
    }),
  );
});

function asText({ name, text }: SummedFile): [string, string] {
  return [name, text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n")];
}
