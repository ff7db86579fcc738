import type { Limit } from '../wire/gate.js';

type Operator = Limit['op'];

const subject = String.raw`(?:as(?:Float|Int)\()?(?:default\()?result(?:\[\d+\])?(?:\s*,\s*[^()]*\))?\)?`;
const number = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`;
const forward = new RegExp(`^${subject}\\s*(<=|>=|==|!=|<|>)\\s*(${number})$`);
const backward = new RegExp(`^(${number})\\s*(<=|>=|==|!=|<|>)\\s*${subject}$`);
const guard = /^(?:len\(result\)\s*==\s*0|isNaN\([^()]*\)|isNil\(result\)|result\s*==\s*nil)$/;
const mirrored = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==', '!=': '!=' } as const;

/**
 * The lines that a condition draws: a comparison of the result with a number, several of them joined by `&&`, or
 * one behind guards against missing data (`len(result) == 0 || …`). `undefined`: the condition is not a line.
 */
export function parseLimits(text: string, condition: Limit['condition']): readonly Limit[] | undefined {
  const alternatives = text.split('||').map((part) => unwrap(part.trim()));
  const real = alternatives.filter((part) => !guard.test(part));
  const only = real[0];
  if (only === undefined || real.length > 1) return undefined;
  const limits = only.split('&&').map((part) => parseComparison(unwrap(part.trim()), condition));
  return limits.every((limit) => limit !== undefined) ? limits : undefined;
}

function parseComparison(text: string, condition: Limit['condition']): Limit | undefined {
  const ahead = forward.exec(text);
  if (ahead !== null) return limitOf(operatorOf(ahead[1]), Number(ahead[2]), condition);
  const behind = backward.exec(text);
  if (behind === null) return undefined;
  return limitOf(mirrored[operatorOf(behind[2])], Number(behind[1]), condition);
}

function operatorOf(text: string | undefined): Operator {
  switch (text) {
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '!=':
      return text;
    default:
      return '==';
  }
}

function limitOf(op: Operator, value: number, condition: Limit['condition']): Limit {
  const holds = {
    '<': 'below',
    '<=': 'below',
    '>': 'above',
    '>=': 'above',
    '==': 'on',
    '!=': 'off',
  } as const;
  const opposite = { below: 'above', above: 'below', on: 'off', off: 'on' } as const;
  const side = holds[op];
  return { op, value, condition, fails: condition === 'success' ? opposite[side] : side };
}

function unwrap(text: string): string {
  const inner = /^\(([^()]*(?:\([^()]*\)[^()]*)*)\)$/.exec(text)?.[1];
  return inner === undefined ? text : inner.trim();
}
