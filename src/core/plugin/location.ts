/** Where a plugin is: a program on the controller's disk, or an endpoint that is called. */
export type PluginLocation =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string }
  /** It cannot be used, for this reason. */
  | { readonly kind: 'unusable'; readonly message: string };

/** Reads `file://…` (absolute, or relative to where the controller was started) and `http(s)://…`. */
export function parseLocation(text: string, sha256: string | undefined): PluginLocation {
  if (text.startsWith('file://')) {
    const path = text.slice('file://'.length);
    return path === '' ? unusable('location "file://" names no file') : { kind: 'file', path };
  }
  if (/^https?:\/\//.test(text)) {
    if (!URL.canParse(text)) return unusable(`location "${text}" is no URL`);
    return sha256 === undefined ? { kind: 'url', url: text } : unusable(downloadText(text));
  }
  return unusable(`location "${text}" must begin with file://, http:// or https://`);
}

function unusable(message: string): PluginLocation {
  return { kind: 'unusable', message };
}

function downloadText(text: string): string {
  return (
    `location "${text}" has a sha256, as downloads of Argo Rollouts plugins have: programs are not downloaded here, ` +
    'an http location is an endpoint that is called; put the file into the controller and use file://'
  );
}
