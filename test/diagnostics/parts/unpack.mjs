// A hand-written unpack whose function has the wrong name.
export function decode(buffer) {
  return { frame: buffer.length };
}
