import type { AppError } from '#ports/errors.js';

/**
 * Whether a failure stays so until somebody changes rights, quotas, webhooks or definitions. A webhook that fails is one
 * too: the API server may well be sound.
 */
export function isRefusal(error: AppError): boolean {
  return (
    error.class === 'Denied' ||
    error.class === 'InvalidSpec' ||
    error.code === 'KubeNoSuchKind' ||
    error.code === 'KubeWebhookFailed'
  );
}
