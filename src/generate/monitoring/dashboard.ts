import { type Panel, rows } from './panels.js';

const columns = 24;
const heights = { stat: 4, timeseries: 8, table: 8 } as const;
const datasource = { type: 'prometheus', uid: '${datasource}' };

/** The Grafana dashboard, in the form that Grafana imports. */
export function dashboardOf(): object {
  let y = 0;
  const panels: object[] = [];
  for (const [title, members] of Object.entries(rows)) {
    panels.push({ type: 'row', title, collapsed: false, panels: [], gridPos: { x: 0, y, w: columns, h: 1 } });
    y += 1;
    let x = 0;
    let height = 0;
    for (const panel of members) {
      const { width = 8 } = panel;
      if (x + width > columns) {
        y += height;
        [x, height] = [0, 0];
      }
      height = Math.max(height, heights[panel.type]);
      panels.push(panelOf(panel, { x, y, w: width, h: heights[panel.type] }));
      x += width;
    }
    y += height;
  }
  return {
    uid: 'sluice',
    title: 'Sluice',
    tags: ['sluice'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: variables },
    panels: panels.map((panel, index) => ({ id: index + 1, ...panel })),
  };
}

const variables: readonly object[] = [
  { name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Data source' },
  {
    name: 'namespace',
    type: 'query',
    label: 'Namespace',
    datasource,
    query: { query: 'label_values(rollout_info, namespace)', refId: 'namespaces' },
    refresh: 2,
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { text: 'All', value: '$__all' },
  },
];

function panelOf({ title, type, expr, legend, unit }: Panel, gridPos: object): object {
  const isNow = type !== 'timeseries';
  return {
    type,
    title,
    gridPos,
    datasource,
    targets: [
      {
        refId: 'A',
        datasource,
        expr,
        ...(legend === undefined ? {} : { legendFormat: legend }),
        ...(isNow ? { instant: true, ...(type === 'table' ? { format: 'table' } : {}) } : {}),
      },
    ],
    fieldConfig: { defaults: unit === undefined ? {} : { unit }, overrides: [] },
    options: type === 'stat' ? { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: 'value' } : {},
  };
}
