/** The tokens of the style sheet, for a canvas. */
export interface Ink {
  readonly text: string;
  readonly text2: string;
  readonly text3: string;
  readonly hairline: string;
  readonly bg: string;
  readonly accent: string;
  readonly stable: string;
  readonly canary: string;
  readonly ok: string;
  readonly bad: string;
  readonly wait: string;
  readonly undecided: string;
  readonly off: string;
}

/** Reads the colours that hold now; call again when the theme changes. */
export function readInk(): Ink {
  const probe = document.createElement('i');
  document.body.append(probe);
  const token = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return hexOf(getComputedStyle(probe).color);
  };
  const ink: Ink = {
    text: token('text'),
    text2: token('text-2'),
    text3: token('text-3'),
    hairline: token('hairline'),
    bg: token('bg'),
    accent: token('accent'),
    stable: token('stable'),
    canary: token('canary'),
    ok: token('ok'),
    bad: token('bad'),
    wait: token('wait'),
    undecided: token('undecided'),
    off: token('off'),
  };
  probe.remove();
  return ink;
}

/** `rgb(1, 2, 3)` as `#010203`. */
function hexOf(colour: string): string {
  const parts = colour.match(/\d+/g) ?? [];
  return `#${parts
    .slice(0, 3)
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join('')}`;
}

/** A colour with a share of opacity, 0 to 1. */
export function faded(colour: string, share: number): string {
  const hex = /^#([0-9a-f]{6})$/i.exec(colour)?.[1];
  return hex === undefined
    ? colour
    : `#${hex}${Math.round(share * 255)
        .toString(16)
        .padStart(2, '0')}`;
}

/** Diagonal lines: not confirmed, not ready, unknown. Dots: undecided. Nothing else is patterned. */
export function pattern(
  context: CanvasRenderingContext2D,
  kind: 'hatch' | 'dots',
  colour: string,
): CanvasPattern | string {
  const ratio = devicePixelRatio;
  const size = 6 * ratio;
  const tile = document.createElement('canvas');
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext('2d');
  if (pen === null) return colour;
  if (kind === 'hatch') {
    pen.strokeStyle = colour;
    pen.lineWidth = ratio;
    pen.beginPath();
    for (const offset of [-size, 0, size]) {
      pen.moveTo(offset - 1, size + 1);
      pen.lineTo(offset + size + 1, -1);
    }
    pen.stroke();
  } else {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.arc(size / 2, size / 2, ratio, 0, 2 * Math.PI);
    pen.fill();
  }
  return context.createPattern(tile, 'repeat') ?? colour;
}
