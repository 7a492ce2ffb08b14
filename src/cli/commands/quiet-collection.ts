// When main's heap is collected: in the first quiet moment after many connections. V8 is in no hurry with the little that they leave
// there, and a burst's remains would stay until the next ones. Knows neither the heap nor the router.

/** Between two looks; a moment is quiet if nobody has come between them. */
export const QUIET_LOOK_MS = 1000;
/** So many are worth a collection of some 20 ms, in which main does nothing else; workers go on. */
export const QUIET_CONNECTIONS = 1000;

/** @returns what is to be told, every `QUIET_LOOK_MS`, how many connections have been accepted so far */
export function quietCollection(collect: () => void): (accepted: number) => void {
  let collected = 0;
  let last = 0;
  return (accepted) => {
    const isQuiet = accepted === last;
    last = accepted;
    if (!isQuiet || accepted - collected < QUIET_CONNECTIONS) return;
    collected = accepted;
    collect();
  };
}
