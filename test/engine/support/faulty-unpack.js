// A hand-written unpack that breaks its worker when a frame asks for it. The first byte says how; frames are 16 bytes long.

const frameBytes = 16;

/** @param {Buffer} buffer */
export function unpack(buffer) {
  if (buffer.length < frameBytes) return { need: frameBytes - buffer.length };
  breakAsAsked(String.fromCharCode(buffer[0]), buffer.readUInt32BE(1));
  return { frame: frameBytes, key: buffer.subarray(0, frameBytes) };
}

/**
 * @param {string} how
 * @param {number} forMs
 */
function breakAsAsked(how, forMs) {
  switch (how) {
    case "E":
      // The next count of this event fails, with the connection half decided.
      Atomics.add = fail;
      return;
    case "W":
      // The next look at the clock fails, with everything that came in that wait unseen.
      performance.now = fail;
      return;
    case "H":
      fillHeap();
      return;
    case "L":
      for (;;);
    case "S":
      standStill(forMs);
      return;
    default:
  }
}

function fail() {
  throw new Error("broken by a test");
}

function fillHeap() {
  const kept = [];
  // Little by little: by large arrays Node 24 ends the whole process at a thread's limit.
  for (;;) kept.push({ number: kept.length });
}

/** @param {number} forMs */
function standStill(forMs) {
  const end = Date.now() + forMs;
  while (Date.now() < end);
}
