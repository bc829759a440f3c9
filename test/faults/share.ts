import { servers, type TestServer } from "../support/server-list.ts";

/** Which part of the many kills and cuts are made: all, or `GANDER_FAULT_SHARE` of them (0.1: a tenth). */
export const share = Number(process.env["GANDER_FAULT_SHARE"] ?? 1);

/** As many of a number of moments as are to be met, at least one. */
export function shareOf(count: number): number {
  return Math.max(1, Math.round(count * share));
}

/** The servers for tests of which each is long: all of this run, or the newest where only a share is wanted. */
export function faultServers(): readonly TestServer[] {
  return share < 1 ? servers().slice(-1) : servers();
}
