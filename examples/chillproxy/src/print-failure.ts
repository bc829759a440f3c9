import { GanderError } from "pg-gander";

/** Prints why the server does not start, for the person who has to do something about it. */
export function printFailure(error: unknown): void {
  if (error instanceof GanderError) {
    console.error(error.hint === undefined ? `\n${error.message}` : `\n${error.message}\n\n${error.hint}`);
  } else if (error instanceof RangeError) {
    console.error(error.message);
  } else if (isPortTaken(error)) {
    console.error(`\nPort ${error.port} is taken. PORT chooses another one; PORT=0 takes any that is free.`);
  } else {
    console.error(error);
  }
}

function isPortTaken(error: unknown): error is Error & { port: number } {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE" && "port" in error;
}
