/** What a piece of text means to its reader; a terminal with colours shows each differently. */
export type StyleName = "strong" | "faint" | "good" | "warning" | "bad" | "accent";

/** Marks text for a reader; without colours it returns the text as it is. */
export type Style = (name: StyleName, text: string) => string;

/** For pipes, files and terminals without colours. */
export const plainStyle: Style = (_name, text) => text;
