import { expect } from "vitest";

/** So many at a time are what two cores bear. */
const LANES = 3;
/** Where so many went wrong the others would tell nothing new. */
const MOST_WRONG = 5;

/**
 * Does one thing after the other, a few at a time; tells what came of them, and fails with what went wrong. `act` says in a
 * word or two how it ended.
 */
export async function atAll<Moment>(
  title: string,
  moments: readonly Moment[],
  act: (moment: Moment, n: number) => Promise<string>,
  lanes = LANES,
): Promise<void> {
  const outcomes: Record<string, number> = {};
  const wrong: string[] = [];
  const queue = moments.entries();
  const work = async (): Promise<void> => {
    for (const [n, moment] of queue) {
      if (wrong.length >= MOST_WRONG) return;
      try {
        const outcome = await act(moment, n);
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      } catch (error) {
        wrong.push(`${n}: ${JSON.stringify(moment)}: ${error instanceof Error ? error.stack : String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
  console.log(`${title}: ${moments.length} moments,`, outcomes);
  expect(wrong).toEqual([]);
}
