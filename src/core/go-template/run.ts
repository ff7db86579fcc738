import { isList, isMap } from '#core/expr/values/shape.js';
import { lacksField, readField } from './fields.js';
import type { TemplateFunction } from './functions/argument.js';
import type { Machine } from './machine.js';
import type { ParsedTemplate } from './parser.js';
import type { Command, Node, Operand, Pipe } from './syntax.js';
import { TemplateError } from './template-error.js';
import { type Datum, GoFunction, isTrue, printDatum, sortedKeys, typeName } from './value.js';

interface Variable {
  readonly name: string;
  value: Datum;
}

type Flow = 'break' | 'continue' | undefined;

const maxTemplateDepth = 100;

/** One run of a template over its data. Throws TemplateError with the place. */
export class TemplateRun {
  readonly #out: string[] = [];
  readonly #variables: Variable[] = [];
  #depth = 0;

  constructor(
    readonly template: ParsedTemplate,
    readonly functions: ReadonlyMap<string, TemplateFunction>,
    readonly machine: Machine,
  ) {}

  run(data: Datum): string {
    this.#variables.push({ name: '$', value: data });
    this.#walk(this.template.root, data);
    return this.#out.join('');
  }

  #walk(nodes: readonly Node[], dot: Datum): Flow {
    for (const node of nodes) {
      this.machine.step();
      const flow = placed(node.at, () => this.#node(node, dot));
      if (flow !== undefined) return flow;
    }
    return undefined;
  }

  #node(node: Node, dot: Datum): Flow {
    switch (node.node) {
      case 'text':
        return this.#print(node.text);
      case 'action': {
        const value = this.#pipe(node.pipe, dot);
        return node.pipe.variables.length > 0 ? undefined : this.#print(printDatum(value));
      }
      case 'if':
      case 'with':
        return this.#branch(node, dot);
      case 'range':
        return this.#range(node, dot);
      case 'template':
        return this.#template(node, dot);
      default:
        return node.node;
    }
  }

  #print(text: string): undefined {
    this.machine.allocate(text.length);
    this.#out.push(text);
  }

  #branch(node: Extract<Node, { node: 'if' | 'with' }>, dot: Datum): Flow {
    return this.#scoped(() => {
      const value = this.#pipe(node.pipe, dot);
      if (!isTrue(value)) return this.#walk(node.otherwise, dot);
      return this.#walk(node.body, node.node === 'with' ? value : dot);
    });
  }

  #range(node: Extract<Node, { node: 'range' }>, dot: Datum): Flow {
    return this.#scoped(() => {
      const { pipe } = node;
      const over = this.#commands(pipe, dot);
      const entries = entriesOf(over, pipe.at);
      if (entries.length === 0) return this.#walk(node.otherwise, dot);
      for (const [key, value] of entries) {
        this.machine.step();
        const flow = this.#scoped(() => {
          const [first, second] = pipe.variables;
          if (second !== undefined && first !== undefined) {
            this.#set(first, key, pipe);
            this.#set(second, value, pipe);
          } else if (first !== undefined) this.#set(first, value, pipe);
          return this.#walk(node.body, value);
        });
        if (flow === 'break') break;
      }
      return undefined;
    });
  }

  #template(node: Extract<Node, { node: 'template' }>, dot: Datum): Flow {
    const body = this.template.definitions.get(node.name);
    if (body === undefined)
      throw new TemplateError(`template ${JSON.stringify(node.name)} not defined`, node.at);
    const data = node.pipe === undefined ? null : this.#pipe(node.pipe, dot);
    this.#depth += 1;
    if (this.#depth > maxTemplateDepth)
      throw new TemplateError('templates call each other too deeply', node.at);
    const outer = this.#variables.splice(0, this.#variables.length, { name: '$', value: data });
    this.#walk(body, data);
    this.#variables.splice(0, this.#variables.length, ...outer);
    this.#depth -= 1;
    return undefined;
  }

  #scoped(work: () => Flow): Flow {
    const mark = this.#variables.length;
    const flow = work();
    this.#variables.length = mark;
    return flow;
  }

  #set(name: string, value: Datum, pipe: Pipe): void {
    if (!pipe.assigns) {
      this.#variables.push({ name, value });
      return;
    }
    const known = this.#variables.findLast((variable) => variable.name === name);
    if (known === undefined) throw new TemplateError(`undefined variable ${JSON.stringify(name)}`, pipe.at);
    known.value = value;
  }

  #pipe(pipe: Pipe, dot: Datum): Datum {
    const value = this.#commands(pipe, dot);
    for (const name of pipe.variables) this.#set(name, value, pipe);
    return value;
  }

  #commands(pipe: Pipe, dot: Datum): Datum {
    let piped: readonly Datum[] = [];
    for (const command of pipe.commands) piped = [this.#command(command, dot, piped)];
    return piped[0] ?? null;
  }

  #command(command: Command, dot: Datum, piped: readonly Datum[]): Datum {
    this.machine.step();
    const [first, ...rest] = command.operands;
    const given = rest.length + piped.length;
    if (first.operand === 'function') return this.#call(first, rest, dot, piped);
    const args = () => [...rest.map((operand) => this.#value(operand, dot)), ...piped];
    if (first.operand === 'field') return this.#path(dot, first.path, first.at, args(), true);
    if (first.operand === 'variable' && first.path.length > 0) {
      return this.#path(this.#variable(first), first.path, first.at, args(), true);
    }
    if (first.operand === 'pipe' && first.path.length > 0) {
      return this.#path(this.#pipe(first.pipe, dot), first.path, first.at, args(), true);
    }
    if (given > 0) throw new TemplateError(`can't give argument to non-function`, first.at);
    return this.#value(first, dot);
  }

  #value(operand: Operand, dot: Datum): Datum {
    switch (operand.operand) {
      case 'dot':
        return dot;
      case 'nil':
        return null;
      case 'constant':
        return operand.value;
      case 'field':
        return this.#path(dot, operand.path, operand.at, [], false);
      case 'variable':
        return this.#path(this.#variable(operand), operand.path, operand.at, [], false);
      case 'pipe':
        return this.#path(this.#pipe(operand.pipe, dot), operand.path, operand.at, [], false);
      case 'function':
        return this.#call(operand, [], dot, []);
    }
  }

  #variable({ name, at }: Extract<Operand, { operand: 'variable' }>): Datum {
    const known = this.#variables.findLast((variable) => variable.name === name);
    if (known === undefined) throw new TemplateError(`undefined variable ${JSON.stringify(name)}`, at);
    return known.value;
  }

  #path(base: Datum, path: readonly string[], at: number, args: readonly Datum[], mayCall: boolean): Datum {
    return placed(at, () => {
      let value = base;
      for (const [i, name] of path.entries()) {
        const isLast = i === path.length - 1;
        if (!isLast && lacksField(value, name)) return null;
        value = readField(value, name, mayCall && isLast ? args : []);
      }
      return value;
    });
  }

  #call(
    { name, at }: Extract<Operand, { operand: 'function' }>,
    operands: readonly Operand[],
    dot: Datum,
    piped: readonly Datum[],
  ): Datum {
    if (name === 'and' || name === 'or') return this.#shortCircuit(name, operands, dot, piped, at);
    const run = name === 'call' ? callValue : this.functions.get(name);
    if (run === undefined) throw new TemplateError(`function ${JSON.stringify(name)} not defined`, at);
    const args = [...operands.map((operand) => this.#value(operand, dot)), ...piped];
    return placed(at, () => run(args, this.machine));
  }

  /** The first argument that decides, the others unread. */
  // oxlint-disable-next-line max-params -- the parts of one call
  #shortCircuit(
    name: 'and' | 'or',
    operands: readonly Operand[],
    dot: Datum,
    piped: readonly Datum[],
    at: number,
  ): Datum {
    let last: Datum | undefined;
    for (const read of [
      ...operands.map((operand) => () => this.#value(operand, dot)),
      ...piped.map((value) => () => value),
    ]) {
      last = read();
      if (isTrue(last) === (name === 'or')) return last;
    }
    if (last === undefined)
      throw new TemplateError(`wrong number of args for ${name}: want at least 1 got 0`, at);
    return last;
  }
}

function callValue([callee, ...args]: readonly Datum[]): Datum {
  if (callee instanceof GoFunction) return callee.run(args);
  if (callee === undefined || callee === null) throw new TemplateError('call of nil');
  throw new TemplateError(`non-function of type ${typeName(callee)}`);
}

function entriesOf(over: Datum, at: number): readonly (readonly [Datum, Datum])[] {
  if (over === null) return [];
  if (isList(over)) return over.map((value, i) => [BigInt(i), value] as const);
  if (isMap(over)) return sortedKeys(over).map((key) => [key, over[key] ?? null] as const);
  if (typeof over === 'bigint') {
    if (over > 100_000n) throw new TemplateError('the template takes too many steps', at);
    return Array.from({ length: Number(over > 0n ? over : 0n) }, (_, i) => [BigInt(i), BigInt(i)] as const);
  }
  throw new TemplateError(`range can't iterate over ${printDatum(over)}`, at);
}

/** Adds the place to an error that has none. */
function placed<T>(at: number, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof TemplateError) || thrown.at !== undefined) throw thrown;
    throw new TemplateError(thrown.message, at);
  }
}
