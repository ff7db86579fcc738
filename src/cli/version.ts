declare const SLUICE_VERSION: string | undefined;

/** The version that the bundle was built from; `dev` when run from source. */
export function productVersion(): string {
  return typeof SLUICE_VERSION === 'undefined' ? 'dev' : SLUICE_VERSION;
}
