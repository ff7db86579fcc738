import { expect } from 'chai';
import { campaign, casesOf, tableOf } from './campaign.js';

describe('releases in trouble', () => {
  it('end as without it, with no step lost or repeated and nothing dropped: some of `make chaos`', async () => {
    const rows = await campaign(await casesOf(24, 7));
    const faults = rows.flatMap((row) => row.faults.map(({ what, detail, of }) => ({ what, detail, of })));
    expect(faults, tableOf(rows)).to.deep.equal([]);
    expect(rows.reduce((sum, { cases }) => sum + cases, 0)).to.equal(24);
  }).timeout(120_000);
});
