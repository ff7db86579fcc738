import { QueryFailure } from './failure.js';

/** An element of an XML answer; attributes and namespaces are not kept. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** The text directly in it, entities resolved. */
  readonly text: string;
}

interface Open {
  name: string;
  children: XmlElement[];
  text: string;
}

const token = /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<(\/?)([\w:.-]+)(?:"[^"]*"|'[^']*'|[^>"'])*?(\/?)>|([^<]+)/y;
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** The root of an XML text. Throws QueryFailure for text that is none. */
export function readXml(source: string): XmlElement {
  const top: Open = { name: '', children: [], text: '' };
  const open: Open[] = [top];
  token.lastIndex = 0;
  while (token.lastIndex < source.length) {
    const match = token.exec(source);
    if (match === null) throw new QueryFailure('the answer is no XML');
    step(open, match);
  }
  const [root] = top.children;
  if (open.length !== 1 || root === undefined) throw new QueryFailure('the answer is no XML');
  return root;
}

function step(open: Open[], [, closing, name, alone, text]: RegExpExecArray): void {
  const current = open.at(-1);
  if (current === undefined) throw new QueryFailure('the answer is no XML');
  if (text !== undefined) current.text += decode(text);
  if (name === undefined) return;
  if (closing === '/') {
    if (current.name !== name || open.length === 1) throw new QueryFailure('the answer is no XML');
    open.pop();
    return;
  }
  const element: Open = { name, children: [], text: '' };
  current.children.push(element);
  if (alone !== '/') open.push(element);
}

function decode(text: string): string {
  return text.replace(/&(#x?[\da-f]+|\w+);/gi, (whole, entity: string) => {
    if (!entity.startsWith('#')) return entities[entity] ?? whole;
    const code = /^#x/i.test(entity) ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** The first child of that name, looked for along the path; `undefined` when there is none. */
export function childAt(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce((found, name) => found?.children.find((child) => child.name === name), element);
}

/** The members of a list element of AWS; none when it is absent. */
export function membersOf(element: XmlElement | undefined): readonly XmlElement[] {
  return element?.children.filter(({ name }) => name === 'member') ?? [];
}
