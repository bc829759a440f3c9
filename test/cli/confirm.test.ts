import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { confirm } from "../../src/cli/confirm.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { AbortedError, ConfirmationError } from "../../src/errors.ts";
import { plainView } from "../../src/report/view.ts";

function terminal(interactive: boolean): { terminal: Terminal; input: PassThrough; written: () => string } {
  let log = "";
  const input = new PassThrough();
  const output = { view: plainView, movable: false, write: (text: string) => void (log += text) };
  return { terminal: { out: output, log: output, input, interactive }, input, written: () => log };
}

const never = new AbortController().signal;

describe("a question", () => {
  test.each([
    ["y\n", true],
    [" YES \n", true],
    ["n\n", false],
    ["\n", false],
    ["yes please\n", false],
  ])("answered with %j", async (answer, expected) => {
    const { terminal: at, input, written } = terminal(true);
    input.write(answer);
    expect(await confirm("Everything goes.", at, never)).toBe(expected);
    expect(written()).toBe("Everything goes.\nGo on? [y/N] ");
  });

  test("that nobody answers, because the input ends, is answered with no", async () => {
    const { terminal: at, input } = terminal(true);
    input.end();
    expect(await confirm("Everything goes.", at, never)).toBe(false);
  });

  test("without a terminal it shows what would go, and names --yes", async () => {
    const { terminal: at, written } = terminal(false);
    const asking = confirm("Everything goes.", at, never);
    await expect(asking).rejects.toThrow(ConfirmationError);
    await expect(asking).rejects.toMatchObject({ hint: expect.stringContaining("--yes") });
    expect(written()).toBe("Everything goes.\n");
  });

  test("a signal ends it", async () => {
    const { terminal: at } = terminal(true);
    const controller = new AbortController();
    const asking = confirm("Everything goes.", at, controller.signal);
    controller.abort();
    await expect(asking).rejects.toThrow(AbortedError);
  });
});
