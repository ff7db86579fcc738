import { stdout } from 'node:process';
import { abortedIn, type World } from './simulate.js';

const runs = Number(process.argv[2] ?? 1000);
const steady = (ratio: number) => () => ratio;
const base = { looks: 60, events: 10 };
const slowStart = (look: number): number => (look <= 5 ? 3 : 1);

const worlds: readonly World[] = [
  { ...base, name: 'no difference, 60 looks', ratio: steady(1) },
  { ...base, name: 'no difference, 200 looks', ratio: steady(1), looks: 200 },
  { ...base, name: 'half as often', ratio: steady(0.5) },
  { ...base, name: '1.5 times as often', ratio: steady(1.5) },
  { ...base, name: 'twice as often', ratio: steady(2) },
  { ...base, name: '3 times as often', ratio: steady(3) },
  {
    ...base,
    name: 'no difference, each side varies by itself (variance 0.1)',
    ratio: steady(1),
    spread: 0.1,
  },
  { ...base, name: 'the same, and it stays for long (0.9)', ratio: steady(1), spread: 0.1, keeps: 0.9 },
  { ...base, name: 'the same with tolerance 1.5', ratio: steady(1), spread: 0.1, keeps: 0.9, tolerance: 1.5 },
  { ...base, name: 'no difference after a slow start (3 times, 5 looks)', ratio: slowStart },
  { ...base, name: 'the same with warmUp over 5 looks', ratio: slowStart, warmUp: 5 },
];

const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
const rows = worlds.map((world) => {
  const { comparison, threshold, zTest, medianLook } = abortedIn(world, runs);
  const cells = [
    world.name,
    percent(comparison),
    String(medianLook ?? '-'),
    percent(threshold),
    percent(zTest),
  ];
  return `| ${cells.join(' | ')} |`;
});
stdout.write(
  [
    '| world | comparison aborts | at look (median) | threshold at 1.5 aborts | z-test at every look aborts |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n'),
);
