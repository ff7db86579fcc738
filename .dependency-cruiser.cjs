'use strict';
// The direction of imports; docs/architecture.md says why. Tests may import everything.
const layer = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from, pathNot: '\\.test\\.ts$' },
  to: { path: '^(src|providers)/', pathNot: [from, ...allowed] },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    layer('api-imports-nothing', '^src/api/', []),
    layer('core-imports-api', '^src/core/', ['^src/api/']),
    layer('ports-import-api-and-core', '^src/ports/', ['^src/api/', '^src/core/']),
    layer('runtime-imports-api-ports-core', '^src/runtime/', ['^src/api/', '^src/ports/', '^src/core/']),
    layer('adapters-import-ports', '^src/adapters/', ['^src/api/', '^src/ports/', '^src/core/']),
    layer('controllers-import-inwards', '^src/controllers/', ['^src/api/', '^src/core/', '^src/ports/', '^src/runtime/', '^providers/']),
    layer('providers-import-core-traffic', '^providers/', ['^src/api/', '^src/core/']),
    layer('server-imports-inwards', '^src/server/', ['^src/api/', '^src/core/', '^src/ports/', '^providers/']),
    layer('sandbox-imports-inwards', '^src/sandbox/', ['^src/api/', '^src/core/', '^src/ports/', '^src/runtime/']),
    layer('ui-imports-view-words', '^src/ui/', ['^src/core/view/(wire/[a-z]+|words/format|row-filter)\\.ts$', '^src/core/time/instant\\.ts$']),
    { name: 'no-provider-knows-another', severity: 'error', from: { path: '^providers/([^/]+)/' }, to: { path: '^providers/[^/]+/', pathNot: '^providers/$1/' } },
    { name: 'no-adapter-knows-another', severity: 'error', from: { path: '^src/adapters/([^/]+)/' }, to: { path: '^src/adapters/[^/]+/', pathNot: '^src/adapters/$1/' } },
    { name: 'core-is-pure', severity: 'error', from: { path: '^(src/core|providers)/', pathNot: '\\.test\\.ts$' }, to: { dependencyTypes: ['core'] } },
  ],
  options: { doNotFollow: { path: 'node_modules' }, tsConfig: { fileName: 'tsconfig.json' }, tsPreCompilationDeps: true, enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] } },
};
