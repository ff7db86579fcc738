/**
 * The lines of a byte stream, without their line feed, split on bytes so that a character cut in two by a chunk
 * stays whole. A last line without its feed is a line that was cut off: it is reported by `onRest`.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  onRest: (rest: string) => void,
): AsyncGenerator<string> {
  let pending: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      pending.push(chunk.subarray(start, end));
      const line = Buffer.concat(pending).toString('utf8');
      pending = [];
      start = end + 1;
      if (line.trim() !== '') yield line;
    }
    if (start < chunk.length) pending.push(chunk.subarray(start));
  }
  const rest = Buffer.concat(pending).toString('utf8');
  if (rest.trim() !== '') onRest(rest);
}
