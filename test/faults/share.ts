/** Which part of the many kills and cuts are made: all, or `GANDER_FAULT_SHARE` of them (0.1: a tenth). */
export const share = Number(process.env["GANDER_FAULT_SHARE"] ?? 1);

/** As many of a number of moments as are to be met, at least one. */
export function shareOf(count: number): number {
  return Math.max(1, Math.round(count * share));
}
