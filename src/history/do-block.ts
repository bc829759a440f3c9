import { quoteDollar } from "../database/quote.ts";

/** A DO block for a PL/pgSQL body. */
export function doBlock(body: string): string {
  return `DO ${quoteDollar(` ${body} `)}`;
}
