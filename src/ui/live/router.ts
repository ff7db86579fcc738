import { signal } from '@preact/signals';

export type Route =
  | { readonly view: 'list' }
  | { readonly view: 'rollout'; readonly namespace: string; readonly name: string }
  /** All sources and Kustomizations, or one of them. */
  | { readonly view: 'git'; readonly kind: string; readonly namespace: string; readonly name: string }
  | { readonly view: 'unknown' };

/** The view that the address names. */
export const route = signal<Route>(parse(location.pathname));
/** The query of the list; part of the address. */
export const query = signal(new URLSearchParams(location.search).get('q') ?? '');

function parse(path: string): Route {
  if (path === '/' || path === '/rollouts') return { view: 'list' };
  const [, view, kind, namespace, name] = path.split('/').map(decodeURIComponent);
  if (view === 'git' && (kind === undefined || name !== undefined))
    return { view, kind: kind ?? '', namespace: namespace ?? '', name: name ?? '' };
  if (view !== 'rollouts' || kind === undefined || namespace === undefined || name !== undefined)
    return { view: 'unknown' };
  return { view: 'rollout', namespace: kind, name: namespace };
}

const scrolls = new Map<string, number>();

/** Goes to a view and remembers where this one was scrolled to. */
export function go(path: string): void {
  scrolls.set(location.pathname, scrollY);
  history.pushState(null, '', path);
  follow();
}

export function pathOf(row: { readonly namespace: string; readonly name: string }): string {
  return `/rollouts/${encodeURIComponent(row.namespace)}/${encodeURIComponent(row.name)}`;
}

/** Puts the query into the address without a new entry of the history. */
export function setQuery(text: string): void {
  query.value = text;
  const params = text === '' ? '' : `?q=${encodeURIComponent(text)}`;
  history.replaceState(null, '', location.pathname + params);
}

function follow(): void {
  route.value = parse(location.pathname);
  query.value = new URLSearchParams(location.search).get('q') ?? '';
  const top = scrolls.get(location.pathname) ?? 0;
  requestAnimationFrame(() => {
    scrollTo(0, top);
    document.querySelector('h1')?.focus({ preventScroll: true });
  });
}

/** Follows the browser's back and forward, and plain clicks on links of this page. */
export function startRouter(): void {
  history.scrollRestoration = 'manual';
  addEventListener('popstate', follow);
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (link === null || !isPlain || link.target !== '' || link.origin !== location.origin) return;
    if (link.hash !== '' && link.pathname === location.pathname) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}
