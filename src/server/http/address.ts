import { AppError } from '#ports/errors.js';
import type { PageAuth } from '../options.js';

/** Whether only this machine reaches an address. */
export function isLoopbackAddress(host: string): boolean {
  return host === '::1' || host === 'localhost' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Throws ConfigInvalid when an address and the way to sign in do not fit; says what to do instead. */
export function checkPageAddress(host: string, auth: PageAuth): void {
  if (isLoopbackAddress(host)) return;
  if (auth.mode !== 'token') {
    const what = auth.mode === 'open' ? 'without any sign-in' : 'with a page key';
    throw new AppError(
      'ConfigInvalid',
      `page address ${host} is not of loopback, and a page ${what} is for loopback only; sign in by token there (--page-auth token)`,
    );
  }
  if (auth.isTlsInFront !== true)
    throw new AppError(
      'ConfigInvalid',
      `page address ${host}: plain http would show tokens to the network; end TLS in front of it and say so (--page-tls-in-front), or stay on 127.0.0.1`,
    );
}
