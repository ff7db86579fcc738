/** The cause in the peer's abort message: what stands behind `revision n: `. */
export function shortAbort(message: string): string {
  const why = /^Rollout aborted update to revision \d+(?:: (.*))?$/s.exec(message);
  if (why === null) return message === '' ? 'by a person' : message;
  return gateWords(why[1] ?? 'by a person');
}

/** `Metric "x" assessed Failed due to failed (3) > failureLimit (2)` as `x: 3 failed, 2 tolerated`. */
function gateWords(text: string): string {
  const found = /Metric "([^"]+)" assessed \w+ due to (\w+) \((\d+)\) > \w+ \((-?\d+)\)/.exec(text);
  if (found === null) return text;
  const [, metric, what, count, limit] = found;
  const word = what === 'consecutiveErrors' ? 'source errors in a row' : what;
  return `gate ${metric}: ${count} ${word}, ${limit} tolerated`;
}

/** The field and the cause in the peer's message about an invalid spec. */
export function shortInvalid(message: string): string {
  return message.replace(/^InvalidSpec: /, '').replace(/^The Rollout "[^"]*" is invalid: /, '');
}
