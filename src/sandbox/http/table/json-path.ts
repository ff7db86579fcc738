import { isObject } from '#core/json/json.js';

type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'filter'; readonly path: string; readonly operator: string; readonly value: string };

const parsed = new Map<string, readonly Step[]>();

/**
 * The values at a JSON path of a printer column: fields, `\.` in names, `[n]`, `[*]`, `["name"]` and
 * `[?(@.type=="Ready")]`. Nothing matches: no values.
 */
export function valuesAt(object: unknown, path: string): readonly unknown[] {
  const steps = parsed.get(path) ?? parse(path);
  parsed.set(path, steps);
  return steps.reduce<readonly unknown[]>(
    (values, step) => values.flatMap((value) => take(value, step)),
    [object],
  );
}

function parse(path: string): readonly Step[] {
  const steps: Step[] = [];
  const token =
    /\.?((?:\\.|[^.[\]\\])+)|\[\?\(\s*@\.?([^=!<>]*?)\s*(==|!=)\s*(.+?)\s*\)\]|\[(\*|-?\d+|'[^']*'|"[^"]*")\]/gy;
  const text = path.replace(/^\{(.*)\}$/, '$1').replace(/^\$/, '');
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [, field, filterPath, operator = '', value = '', bracket] = match;
    if (field !== undefined)
      steps.push(field === '*' ? { kind: 'all' } : { kind: 'field', name: field.replaceAll(/\\(.)/g, '$1') });
    else if (filterPath !== undefined)
      steps.push({ kind: 'filter', path: `.${filterPath}`, operator, value: unquote(value) });
    else if (bracket !== undefined) steps.push(bracketStep(bracket));
    if (token.lastIndex >= text.length) break;
  }
  return steps;
}

function bracketStep(text: string): Step {
  if (text === '*') return { kind: 'all' };
  return /^-?\d+$/.test(text)
    ? { kind: 'index', index: Number(text) }
    : { kind: 'field', name: unquote(text) };
}

function unquote(text: string): string {
  return text.replace(/^(['"])(.*)\1$/, '$2');
}

function take(value: unknown, step: Step): readonly unknown[] {
  switch (step.kind) {
    case 'field':
      return isObject(value) && value[step.name] !== undefined ? [value[step.name]] : [];
    case 'index': {
      const item: unknown = Array.isArray(value) ? value.at(step.index) : undefined;
      return item === undefined ? [] : [item];
    }
    case 'all':
      return Array.isArray(value) ? value : Object.values(isObject(value) ? value : {});
    case 'filter': {
      const items: readonly unknown[] = Array.isArray(value) ? value : [];
      const equals = (item: unknown): boolean =>
        valuesAt(item, step.path).some((one) => String(one) === step.value);
      return items.filter((item) => equals(item) === (step.operator === '=='));
    }
  }
}
