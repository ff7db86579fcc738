import type { Command } from 'commander';
import { answerLine, read, writeAnswer } from '#core/expr/answer/line.js';
import { answer, readEnvironment, readRequest } from '#core/expr/answer/request.js';
import { ExitWith, UsageError } from '../command.js';
import { wordFlag } from '../flags.js';
import type { Io } from '../io.js';

interface Flags {
  readonly env?: string;
  readonly jsonl?: boolean;
  readonly condition?: boolean;
  readonly output: string;
}

/**
 * `sluice expr 'EXPRESSION' --env FILE`: the value and its type; what is wrong goes to standard error, with its place, and
 * the exit code is 1. With `--jsonl` every line of standard input is answered by a line, and failures are answers too.
 */
export function registerExpr(program: Command, io: Io): void {
  program
    .command('expr [expression]')
    .description('evaluate an expression of the language of conditions')
    .option('-e, --env <file>', 'JSON object with the variables; - is standard input')
    .option('--condition', 'as a condition of a metric: the environment is {"result", "rt"}')
    .option('--jsonl', 'answer each line {"expr", "env"} of standard input by a line')
    .option('-o, --output <format>', 'text or json', 'text')
    // An expression may begin with a minus.
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async (first: string | undefined, flags: Flags, command: Command) => {
      const isCondition = flags.condition === true;
      if (flags.jsonl === true) return answerLines(io, isCondition);
      const [expression = first, ...more] = command.args;
      if (more.length > 0) throw new UsageError('one expression is expected; put it in quotes');
      return answerOne(io, expression, flags);
    });
}

async function answerLines(io: Io, isCondition: boolean): Promise<void> {
  for await (const line of io.readLines()) {
    if (io.interrupted.aborted) throw new ExitWith(130);
    const answered = answerLine(line, isCondition, io.clock.now());
    if (answered !== undefined) io.out.write(`${answered}\n`);
  }
}

async function answerOne(io: Io, expression: string | undefined, flags: Flags): Promise<void> {
  const format = wordFlag('--output', flags.output, ['text', 'json']);
  if (expression === undefined && flags.env === undefined)
    throw new UsageError('an expression, --env or --jsonl is expected');
  const text = flags.env === undefined ? '{}' : await io.readText(flags.env);
  const isCondition = flags.condition === true;
  const request = read(() => {
    const json: unknown = JSON.parse(text);
    return expression === undefined
      ? readRequest(json, isCondition)
      : readEnvironment(json, expression, isCondition);
  });
  if ('error' in request) throw new ExitWith(1, `${flags.env ?? ''}: ${request.message}`);
  const answered = answer(request, io.clock.now());
  if (format === 'json') io.out.write(`${writeAnswer(answered)}\n`);
  else if ('error' in answered) io.err.write(`${answered.error} error: ${answered.message}\n`);
  else io.out.write(`${answered.value} (${answered.type})\n`);
  if ('error' in answered) throw new ExitWith(1);
}
