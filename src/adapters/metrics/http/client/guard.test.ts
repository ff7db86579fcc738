import type { LookupAddress } from 'node:dns';
import { expect } from 'chai';
import { createGuard, deniedByDefault } from './guard.js';

const words = 'must not be asked: it is on the list of denied addresses of the controller';

describe('the guard of the addresses that metrics ask', () => {
  for (const address of [
    '169.254.169.254',
    '169.254.170.2',
    '169.254.0.1',
    'fe80::1',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '0:0:0:0:0:ffff:a9fe:a9fe',
    '::169.254.169.254',
    '64:ff9b::169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    '100.100.100.200',
    '168.63.129.16',
  ]) {
    it(`keeps ${address} from being asked`, () => {
      expect(() => createGuard(deniedByDefault).check(address)).to.throw(`${address} ${words}`);
    });
  }

  for (const host of [
    '10.0.0.1',
    '127.0.0.1',
    '::1',
    '::',
    '64:ff9b::10.0.0.1',
    '2002:a00:1::1',
    '2001:db8::1',
    'fd00:ec2::255',
    '100.100.100.201',
    'prometheus',
  ]) {
    it(`lets ${host} be asked`, () => {
      createGuard(deniedByDefault).check(host);
    });
  }

  for (const written of [
    '0xa9fea9fe',
    '2852039166',
    '0251.0376.0251.0376',
    '169.254.43518',
    '169.254.169.254.',
  ])
    it(`knows 169.254.169.254 when a URL says ${written}`, () => {
      const host = new URL(`http://${written}/`).hostname;
      expect(() => createGuard(deniedByDefault).check(host)).to.throw(words);
    });

  it('takes a list of its own, or none', () => {
    createGuard([]).check('169.254.169.254');
    expect(() => createGuard(['10.0.0.0/8']).check('10.1.2.3')).to.throw(words);
    for (const wrong of ['metadata', '10.0.0.0/33', '10.0.0.0/x', '']) {
      expect(() => createGuard([wrong]), wrong).to.throw(TypeError, 'no address and no network');
    }
  });

  describe('when a name is resolved', () => {
    /** What is found for a name whose addresses are these. */
    const find = (addresses: readonly string[], all: boolean): Promise<unknown> =>
      new Promise((resolve) => {
        const guard = createGuard(deniedByDefault, (_host, _options, done) => {
          const found: LookupAddress[] = addresses.map((address) => ({ address, family: 4 }));
          done(
            addresses.length === 0 ? Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }) : null,
            found,
          );
        });
        guard.lookup('evil.example', { all }, (error, address, family) =>
          resolve(error?.message ?? [address, family]),
        );
      });

    it('finds its address, or all of them', async () => {
      expect(await find(['10.0.0.1', '10.0.0.2'], false)).to.deep.equal(['10.0.0.1', 4]);
      expect(await find(['10.0.0.1'], true)).to.deep.equal([[{ address: '10.0.0.1', family: 4 }], undefined]);
    });

    it('looks at the address of each connection, so that a name that moves leads nowhere', async () => {
      const answers = ['10.0.0.1', '169.254.169.254'];
      const guard = createGuard(deniedByDefault, (_host, _options, done) =>
        done(null, [{ address: answers.shift() ?? '', family: 4 }]),
      );
      const connect = (): Promise<unknown> =>
        new Promise((resolve) => {
          guard.lookup('moves.example', {}, (error, address) => resolve(error?.message ?? address));
        });
      expect(await connect()).to.equal('10.0.0.1');
      expect(await connect()).to.equal(`moves.example (169.254.169.254) ${words}`);
    });

    it('finds none when any of its addresses is denied, or there is none', async () => {
      const refusal = `evil.example (169.254.169.254) ${words}`;
      expect(await find(['169.254.169.254'], false)).to.equal(refusal);
      expect(await find(['10.0.0.1', '169.254.169.254'], true)).to.equal(refusal);
      expect(await find([], true)).to.equal('no such name');
    });
  });
});
