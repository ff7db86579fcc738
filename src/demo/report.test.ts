import { expect } from 'chai';
import { isEveryPromiseKept, printReport, type Check, type DemoReport } from './report.js';

const kept: Check = { what: 'v2 climbed 20 → 40 → 60 → 100', isKept: true, detail: '20 → 40 → 60 → 100' };
const broken: Check = { what: 'no request was dropped by delivery', isKept: false, detail: '3 dropped' };

const report: DemoReport = {
  phases: [{ name: 'first commit: v1 is installed', ms: 12_640 }],
  hosts: [
    { host: 'storefront.example', sent: 100, ok: 95, failed: 4, dropped: 1 },
    { host: 'checkout.example', sent: 50, ok: 48, failed: 0, dropped: 2 },
  ],
  dropReasons: [['status 503 without an app', 3]],
  users: 1000,
  exposed: { users: 147, harmed: 18 },
  checks: [kept, broken],
};

describe('the report of the demo', () => {
  it('is kept only when every promise is', () => {
    expect(isEveryPromiseKept({ checks: [kept] })).to.equal(true);
    expect(isEveryPromiseKept({ checks: [kept, broken] })).to.equal(false);
    expect(isEveryPromiseKept({ checks: [] })).to.equal(false);
  });
  it('adds up requests, names reasons, times, users and promises', () => {
    expect(printReport(report)).to.equal(`
  requests                        sent    answered      failed     dropped
                                                    by the app by delivery
  storefront.example               100          95           4           1
  checkout.example                  50          48           0           2
  all                              150         143           4           3
  dropped: 3 × status 503 without an app

  first commit: v1 is installed                           12.6 s

  users that met the bad version: 147 of 1000; 18 of them got an error from it

  ✔ v2 climbed 20 → 40 → 60 → 100: 20 → 40 → 60 → 100
  ✖ no request was dropped by delivery: 3 dropped
`);
  });
});
