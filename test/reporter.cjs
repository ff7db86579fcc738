'use strict';
// Mocha's `dot` output with the plain closing line that every CI can read.
const { reporters, Runner } = require('mocha');

module.exports = class PlainReporter extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = runner.stats;
      process.stdout.write(`${passes} passed, ${failures} failed${pending ? `, ${pending} skipped` : ''}\n`);
    });
  }
};
