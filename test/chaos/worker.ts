import { compare } from './compare.js';
import type { Task, Verdict } from './workers.js';

process.on('message', (task: Task) => {
  void compare(task.one.release, task.one).then((found) => {
    const verdict: Verdict = { index: task.index, found };
    process.send?.(verdict);
  });
});
