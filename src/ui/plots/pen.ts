/** A straight line, in device pixels. */
export function line(
  ctx: CanvasRenderingContext2D,
  colour: string,
  [x1, y1, x2, y2]: readonly [x1: number, y1: number, x2: number, y2: number],
  width: number,
): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
}

/** Words whose middle is at a height; `right` ends them at x. */
export function write(
  ctx: CanvasRenderingContext2D,
  colour: string,
  words: string,
  [x, y]: readonly [x: number, y: number],
  align: 'left' | 'right' = 'left',
): void {
  ctx.fillStyle = colour;
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = align;
  ctx.textBaseline = 'middle';
  ctx.fillText(words, x, y);
}
