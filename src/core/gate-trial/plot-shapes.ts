/** Colours of a picture on light ground; phases by their names. */
export const ink: Readonly<Record<string, string>> & { readonly text: string; readonly Failed: string } = {
  ground: '#ffffff',
  text: '#1f2328',
  muted: '#656d76',
  axis: '#d0d7de',
  Successful: '#1a7f37',
  Failed: '#cf222e',
  Error: '#9a6700',
  Inconclusive: '#8250df',
  Running: '#0969da',
};

export interface TextStyle {
  readonly x: number;
  readonly y: number;
  readonly fill: string | undefined;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly weight?: number;
}

/** A text; its content is XML already. */
export function text(
  { x, y, fill = '#000', anchor = 'start', weight = 400 }: TextStyle,
  content: string,
): string {
  return `<text x="${round(x)}" y="${round(y)}" fill="${fill}" text-anchor="${anchor}" font-weight="${weight}">${content}</text>`;
}

export type Point = readonly [x: number, y: number];

/** A straight line, dashed if so wanted. */
export function line(from: Point, to: Point, stroke = '#000', dash = ''): string {
  const [[x1, y1], [x2, y2]] = [from, to];
  const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${stroke}"${dashes}/>`;
}

/** An outcome by its shape, so that it needs no colour: dot, cross, diamond, triangle, ring. */
export function markAt(phase: string, x: number, y: number): string {
  const [cx, cy] = [round(x), round(y)];
  const colour = ink[phase] ?? '#000';
  switch (phase) {
    case 'Successful':
      return `<circle cx="${cx}" cy="${cy}" r="4" fill="${colour}"/>`;
    case 'Failed':
      return `<path d="M${cx - 4} ${cy - 4}l8 8m0-8l-8 8" stroke="${colour}" stroke-width="2.5" fill="none"/>`;
    case 'Inconclusive':
      return `<path d="M${cx} ${cy - 5}l5 5l-5 5l-5-5z" fill="${colour}"/>`;
    case 'Error':
      return `<path d="M${cx} ${cy - 5}l5 9h-10z" fill="${colour}"/>`;
    default:
      return `<circle cx="${cx}" cy="${cy}" r="3.5" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
