import type { Command } from 'commander';
import { parseGoDuration } from '#core/time/duration.js';
import { UsageError } from './command.js';

/** Milliseconds of a duration in Go's syntax that is not negative; otherwise wrong usage. */
export function durationFlag(flag: string, text: string): number {
  const ms = parseGoDuration(text);
  if (ms !== undefined && ms >= 0) return ms;
  throw new UsageError(`${flag} ${text}: expected a duration such as 90s, 10m or 1h30m`);
}

/** A number that is not negative. */
export function numberFlag(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new UsageError(`${flag} ${text}: expected a number`);
}

/** A TCP port; 0 takes a free one. */
export function portFlag(flag: string, text: string): number {
  const port = numberFlag(flag, text);
  if (Number.isInteger(port) && port <= 65_535) return port;
  throw new UsageError(`${flag} ${text}: expected a port, 0 to 65535`);
}

/** One of these words. */
export function wordFlag<const W extends string>(flag: string, text: string, words: readonly W[]): W {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new UsageError(`${flag} ${text}: expected one of ${words.join(', ')}`);
}

/**
 * Reads `--watch=false` and `-w=true` as Go programs do, for every flag that takes no value: true is the flag itself,
 * false is its `--no-` form, or nothing when it has none.
 */
export function readGoBooleans(args: readonly string[], program: Command): readonly string[] {
  const known = new Map(commandsOf(args, program).flatMap(booleansOf));
  const end = args.indexOf('--');
  return args.flatMap((arg, i) => {
    const [, flag = '', value] = /^(-[^=]+)=(true|false)$/.exec(arg) ?? [];
    const long = known.get(flag);
    if (long === undefined || (end >= 0 && i > end)) return [arg];
    if (value === 'true') return [flag];
    const negated = `--no-${long.slice(2)}`;
    return known.has(negated) ? [negated] : [];
  });
}

/** The program and the command, with its parents, that the words name. */
function commandsOf(args: readonly string[], program: Command): readonly Command[] {
  const path = [program];
  for (const arg of args) {
    const next = path.at(-1)?.commands.find((child) => [child.name(), ...child.aliases()].includes(arg));
    if (next !== undefined) path.push(next);
  }
  return path;
}

/** Every flag of a command without a value, short and long, with its long name. */
function booleansOf({ options }: Command): readonly (readonly [flag: string, long: string])[] {
  return options
    .filter((option) => !option.required && !option.optional)
    .flatMap(({ short, long = '' }): [string, string][] => [
      [long, long],
      ...(short === undefined ? [] : [[short, long] as [string, string]]),
    ]);
}
