import type { MetricSourceDeps } from '../deps.js';
import { createHttpClient, type CallHttp } from './call.js';

/** The client that all sources share, or one of the source's own. */
export function callerOf({ env, http }: Pick<MetricSourceDeps, 'env' | 'http'>): CallHttp {
  return http ?? createHttpClient({ env });
}
