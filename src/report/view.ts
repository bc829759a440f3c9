import { plainStyle } from "./style.ts";
import type { Style } from "./style.ts";

/** What a text is rendered for: colours, and how many columns a line has. */
export interface View {
  readonly style: Style;
  readonly width: number;
}

/** For pipes and files. */
export const plainView: View = { style: plainStyle, width: 100 };
