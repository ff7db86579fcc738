import type { JSX } from 'preact';

const width = 64;

const names: Readonly<Record<string, string>> = { d: 'done', c: 'now', x: 'failed', u: 'undone' };

/** The ladder in 64 × 12: filled done, half now, outline to come, cross failed. */
export function MiniLadder({ of }: { of: string }): JSX.Element {
  if (of === '') return <span class="quiet">–</span>;
  const blocks = of.split('');
  const gap = blocks.length > 16 ? 0 : 2;
  const each = (width - gap * (blocks.length - 1)) / blocks.length;
  const done = blocks.filter((one) => one === 'd').length;
  const special = blocks.map((one) => names[one]).find((name) => name !== undefined && name !== 'done') ?? '';
  return (
    <svg
      class="mini"
      width={width}
      height="12"
      viewBox={`0 0 ${width} 12`}
      role="img"
      aria-label={`${done} of ${blocks.length} done ${special}`}
    >
      {blocks.map((state, i) => {
        const x = i * (each + gap);
        return (
          <>
            <rect
              class={`m-${state}`}
              x={x + 0.5}
              y="1.5"
              width={Math.max(1, each - 1)}
              height="9"
              rx={each > 4 ? 2 : 0}
            />
            {state === 'c' && (
              <rect
                class="m-half"
                x={x + 0.5}
                y="1.5"
                width={Math.max(0.5, (each - 1) / 2)}
                height="9"
                rx={each > 8 ? 2 : 0}
              />
            )}
            {state === 'x' && each > 6 && <path class="m-cross" d={`M${x + each / 2 - 2} 4l4 4m0-4l-4 4`} />}
          </>
        );
      })}
    </svg>
  );
}
