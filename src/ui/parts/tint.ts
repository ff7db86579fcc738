import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

const shownMs = 3000;

/** Marks a cell for a moment when its value becomes another one; what a first look shows is not marked. */
export function useTint(value: unknown): RefObject<HTMLElement> {
  const cell = useRef<HTMLElement>(null);
  const text = JSON.stringify(value);
  const before = useRef(text);
  useEffect(() => {
    const node = cell.current;
    if (before.current === text || node === null) return undefined;
    before.current = text;
    node.dataset['changed'] = '';
    const timer = setTimeout(() => delete node.dataset['changed'], shownMs);
    return () => clearTimeout(timer);
  }, [text]);
  return cell;
}
