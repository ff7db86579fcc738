const slot = 'sluice-key';
const channelName = 'sluice-key';

/** Takes the page key out of the address and keeps it for this tab; answers other tabs that ask for it. */
export function takeKey(): void {
  const fromAddress = /^#key=(.+)$/.exec(location.hash)?.[1];
  if (fromAddress !== undefined) {
    sessionStorage.setItem(slot, fromAddress);
    history.replaceState(null, '', location.pathname + location.search);
  }
  const channel = new BroadcastChannel(channelName);
  channel.addEventListener('message', (event) => {
    const key = sessionStorage.getItem(slot);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no target
    if (event.data === 'ask' && key !== null) channel.postMessage({ key });
  });
}

/** The key of this tab; `null` when nobody gave it one. */
export function currentKey(): string | null {
  return sessionStorage.getItem(slot);
}

/** Forgets a key that the server does not take: it would hide the session of who signed in. */
export function dropKey(): void {
  sessionStorage.removeItem(slot);
}

/** Asks the other tabs for the key; `false` when none answers within a moment. */
export function askOtherTabs(): Promise<boolean> {
  return new Promise((resolve) => {
    const channel = new BroadcastChannel(channelName);
    const timer = setTimeout(() => settle(false), 300);
    function settle(found: boolean): void {
      clearTimeout(timer);
      channel.close();
      resolve(found);
    }
    channel.addEventListener('message', (event) => {
      const key: unknown = event.data?.key;
      if (typeof key !== 'string') return;
      sessionStorage.setItem(slot, key);
      settle(true);
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no target
    channel.postMessage('ask');
  });
}
