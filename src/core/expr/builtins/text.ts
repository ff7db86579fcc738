import { ExprError } from '../expr-error.js';
import type { Machine } from '../run/machine.js';
import { toIndex } from '../run/operators.js';
import { boolType, intType, listOf, stringType } from '../types/value-type.js';
import { typedList } from '../values/typed-list.js';
import { utf8 } from '../values/utf8.js';
import type { Value } from '../values/value.js';
import { textAt } from './argument.js';
import type { Builtin } from './builtin.js';

const onText = (change: (text: string) => string): Builtin => ({
  params: ['string'],
  result: stringType,
  run: (args) => change(textAt(args, 0)),
});

const test = (decide: (text: string, part: string) => boolean): Builtin => ({
  params: ['string', 'string'],
  result: boolType,
  run: (args) => decide(textAt(args, 0), textAt(args, 1)),
});

const offset = (find: (text: string, part: string) => number): Builtin => ({
  params: ['string', 'string'],
  result: intType,
  run: (args) => {
    const text = textAt(args, 0);
    const at = find(text, textAt(args, 1));
    return at < 0 ? -1n : BigInt(utf8(text.slice(0, at)).length);
  },
});

const splitting = (keepSeparator: boolean): Builtin => ({
  params: ['string', 'string', 'int'],
  optional: 1,
  result: listOf(stringType),
  run: (args, machine) => {
    const limit = args[2] === undefined ? -1 : toIndex(args[2]);
    const parts = split(textAt(args, 0), textAt(args, 1), limit, keepSeparator);
    machine.allocate(parts.length);
    return typedList('string', parts);
  },
});

function split(text: string, separator: string, limit: number, keepSeparator: boolean): readonly string[] {
  if (limit === 0) return [];
  const all = separator === '' ? Array.from(text) : text.split(separator);
  const glue = separator;
  const head = limit < 0 ? all : all.slice(0, limit - 1);
  const parts = limit < 0 || all.length <= limit ? all : [...head, all.slice(limit - 1).join(glue)];
  return keepSeparator ? parts.map((part, i) => (i < parts.length - 1 ? part + glue : part)) : parts;
}

function trimChars(text: string, chars: string): string {
  const cut = new Set(chars);
  const letters = Array.from(text);
  const first = letters.findIndex((letter) => !cut.has(letter));
  return first < 0
    ? ''
    : letters.slice(first, letters.findLastIndex((letter) => !cut.has(letter)) + 1).join('');
}

interface Replacement {
  readonly text: string;
  readonly old: string;
  readonly fresh: string;
  /** Negative for all. */
  readonly times: number;
}

function replaceFirst({ text, old, fresh, times }: Replacement, machine: Machine): string {
  const parts = old === '' ? ['', ...Array.from(text), ''] : text.split(old);
  const done = times < 0 ? parts.length - 1 : Math.min(times, parts.length - 1);
  machine.allocate(Math.ceil((text.length + done * Math.max(0, fresh.length - old.length)) / 16));
  return parts.map((part, i) => (i === 0 ? part : (i <= done ? fresh : old) + part)).join('');
}

function optionalText(args: readonly Value[], i: number, fallback: string): string {
  return args[i] === undefined ? fallback : textAt(args, i);
}

/** Functions over texts. */
export const textBuiltins: Readonly<Record<string, Builtin>> = {
  upper: onText((text) => text.toUpperCase()),
  lower: onText((text) => text.toLowerCase()),
  trim: {
    params: ['string', 'string'],
    optional: 1,
    result: stringType,
    run: (args) =>
      args[1] === undefined ? textAt(args, 0).trim() : trimChars(textAt(args, 0), textAt(args, 1)),
  },
  trimPrefix: {
    params: ['string', 'string'],
    optional: 1,
    result: stringType,
    run: (args) => {
      const prefix = optionalText(args, 1, ' ');
      return textAt(args, 0).startsWith(prefix) ? textAt(args, 0).slice(prefix.length) : textAt(args, 0);
    },
  },
  trimSuffix: {
    params: ['string', 'string'],
    optional: 1,
    result: stringType,
    run: (args) => {
      const text = textAt(args, 0);
      const suffix = optionalText(args, 1, ' ');
      return text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text;
    },
  },
  hasPrefix: test((text, part) => text.startsWith(part)),
  hasSuffix: test((text, part) => text.endsWith(part)),
  indexOf: offset((text, part) => text.indexOf(part)),
  lastIndexOf: offset((text, part) => text.lastIndexOf(part)),
  split: splitting(false),
  splitAfter: splitting(true),
  replace: {
    params: ['string', 'string', 'string', 'int'],
    optional: 1,
    result: stringType,
    run: (args, machine) => {
      const times = args[3] === undefined ? -1 : toIndex(args[3]);
      return replaceFirst(
        { text: textAt(args, 0), old: textAt(args, 1), fresh: textAt(args, 2), times },
        machine,
      );
    },
  },
  repeat: {
    params: ['string', 'int'],
    result: stringType,
    run: (args, machine) => {
      const times = toIndex(args[1] ?? null);
      if (times < 0 || times > 1_000_000) throw new ExprError('invalid argument for repeat: out of range');
      machine.allocate(textAt(args, 0).length * times);
      return textAt(args, 0).repeat(times);
    },
  },
};
