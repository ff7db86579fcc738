/** In which form a client wants objects. */
export type Form = 'object' | 'table' | 'metadata';

/** The form that an Accept header prefers among those that are served; JSON objects otherwise. */
export function formOf(accept: string | undefined): Form {
  for (const offer of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = offer.split(';').map((part) => part.trim());
    if (type !== 'application/json') continue;
    const as = parameters.find((one) => one.startsWith('as='))?.slice(3);
    if (as === 'Table') return 'table';
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'metadata';
    if (as === undefined) return 'object';
  }
  return 'object';
}

/** Whether a client takes discovery in one document. */
export function wantsAggregatedDiscovery(accept: string | undefined): boolean {
  return (accept ?? '')
    .split(',')
    .some(
      (offer) =>
        offer.includes('as=APIGroupDiscoveryList') && offer.includes('v=v2') && !offer.includes('v2beta1'),
    );
}
