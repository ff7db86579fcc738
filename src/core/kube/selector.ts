import type { LabelSelector, LabelSelectorRequirement } from '#api/k8s/meta.js';

type Labels = Readonly<Record<string, string>>;

/** Whether labels satisfy a selector. An empty selector matches everything, an absent one nothing. */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  if (selector === undefined) return false;
  return (
    hasLabels(labels, selector.matchLabels) &&
    (selector.matchExpressions ?? []).every((r) => matchesRequirement(r, labels ?? {}))
  );
}

/** Whether every wanted label is there with its value. Nothing wanted is always satisfied. */
export function hasLabels(labels: Labels | undefined, wanted: Labels | undefined): boolean {
  return Object.entries(wanted ?? {}).every(([key, value]) => labels?.[key] === value);
}

function matchesRequirement(requirement: LabelSelectorRequirement, labels: Labels): boolean {
  const value = labels[requirement.key];
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && (requirement.values ?? []).includes(value);
    case 'NotIn':
      return value === undefined || !(requirement.values ?? []).includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

/** The text form that the API takes in `labelSelector`, for instance `app=web,tier in (a,b),!legacy`; keys sorted. */
export function formatSelector(selector: LabelSelector): string {
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const others = (selector.matchExpressions ?? []).map((r) => {
    const values = [...(r.values ?? [])].sort().join(',');
    switch (r.operator) {
      case 'In':
        return `${r.key} in (${values})`;
      case 'NotIn':
        return `${r.key} notin (${values})`;
      case 'Exists':
        return r.key;
      case 'DoesNotExist':
        return `!${r.key}`;
    }
  });
  return [...equal, ...others].sort().join(',');
}

/** Reads the text form (`a=b`, `a==b`, `a!=b`, `a in (x,y)`, `a notin (x)`, `a`, `!a`); `undefined` when it is none. */
export function parseSelector(text: string): LabelSelector | undefined {
  const matchExpressions: LabelSelectorRequirement[] = [];
  for (const part of splitOutsideParentheses(text)) {
    const requirement = parseRequirement(part.trim());
    if (requirement === undefined) return undefined;
    matchExpressions.push(requirement);
  }
  return { matchExpressions };
}

function parseRequirement(text: string): LabelSelectorRequirement | undefined {
  const key = '[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?';
  const set = new RegExp(`^(${key})\\s+(in|notin)\\s*\\(([^()]*)\\)$`).exec(text);
  if (set !== null) {
    const values = (set[4] ?? '').split(',').map((v) => v.trim());
    return { key: set[1] ?? '', operator: set[3] === 'in' ? 'In' : 'NotIn', values };
  }
  const equality = new RegExp(`^(${key})\\s*(==|=|!=)\\s*([-A-Za-z0-9_.]*)$`).exec(text);
  if (equality !== null) {
    return {
      key: equality[1] ?? '',
      operator: equality[3] === '!=' ? 'NotIn' : 'In',
      values: [equality[4] ?? ''],
    };
  }
  const existence = new RegExp(`^(!?)\\s*(${key})$`).exec(text);
  if (existence === null) return undefined;
  return { key: existence[2] ?? '', operator: existence[1] === '!' ? 'DoesNotExist' : 'Exists' };
}

function splitOutsideParentheses(text: string): readonly string[] {
  if (text.trim() === '') return [];
  const parts: string[] = [];
  let from = 0;
  let isInside = false;
  for (const { 0: sign, index } of text.matchAll(/[(),]/g)) {
    if (sign !== ',') isInside = sign === '(';
    else if (!isInside) {
      parts.push(text.slice(from, index));
      from = index + 1;
    }
  }
  return [...parts, text.slice(from)];
}
