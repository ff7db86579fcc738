import { QueryFailure } from '../http/failure.js';

/** How one account of New Relic is asked. */
export interface Profile {
  readonly apiKey: string;
  readonly accountId: number;
  /** Where NerdGraph is. */
  readonly url: string;
}

const urls: Readonly<Record<string, string>> = {
  us: 'https://api.newrelic.com/graphql',
  eu: 'https://api.eu.newrelic.com/graphql',
  staging: 'https://staging-api.newrelic.com/graphql',
};

/** The profile that a Secret holds. Throws QueryFailure. */
export function readProfile(data: Readonly<Record<string, string>>): Profile {
  const apiKey = data['personal-api-key'] ?? '';
  const account = data['account-id'] ?? '';
  if (apiKey === '' || account === '') throw new QueryFailure('account ID or personal API key not found');
  if (!/^[+-]?\d+$/.test(account)) {
    throw new QueryFailure(
      `could not parse account ID: strconv.Atoi: parsing ${JSON.stringify(account)}: invalid syntax`,
    );
  }
  const region = (data['region'] ?? 'us').toLowerCase();
  const url = data['base-url-nerdgraph'] || urls[region];
  if (url === undefined) throw new QueryFailure(`invalid region: ${JSON.stringify(region)}`);
  return { apiKey, accountId: Number(account), url };
}
