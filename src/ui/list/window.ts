import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

const overscan = 8;

/** Which rows of a long list are near the screen; every row has the same height. */
export function useWindow(
  body: RefObject<HTMLElement>,
  count: number,
  height: number,
): { readonly from: number; readonly to: number } {
  const top = useSignal(0);
  useEffect(() => {
    const measure = (): void => {
      const box = body.current?.getBoundingClientRect();
      const first = Math.floor(Math.max(0, -(box?.top ?? 0)) / height);
      if (first !== top.peek()) top.value = first;
    };
    measure();
    addEventListener('scroll', measure, { passive: true });
    return () => removeEventListener('scroll', measure);
  }, [height]);
  const visible = Math.ceil(innerHeight / height);
  const from = Math.max(0, top.value - overscan);
  return { from, to: Math.min(count, top.value + visible + overscan) };
}
