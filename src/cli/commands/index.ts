import type { RegisterCommand } from '../command.js';
import { registerActions } from './actions.js';
import { registerAnalysis } from './analysis/index.js';
import { registerCompletion } from './completion.js';
import { registerController } from './controller.js';
import { registerCreate } from './create.js';
import { registerCrds } from './crds.js';
import { registerDashboard } from './dashboard.js';
import { registerDemo } from './demo.js';
import { registerExpr } from './expr.js';
import { registerFlow } from './flow/groups.js';
import { registerGet } from './get.js';
import { registerLint } from './lint.js';
import { registerList } from './list.js';
import { registerNotifications } from './notifications.js';
import { registerSandbox } from './sandbox.js';
import { registerSet } from './set-image.js';
import { registerStatus } from './status.js';
import { registerTerminate } from './terminate.js';
import { registerVersion } from './version.js';
import { registerWhy } from './why.js';

/** Every command, in the order of the help text. One line adds one. */
export const commands: readonly RegisterCommand[] = [
  registerDemo,
  registerSandbox,
  registerController,
  registerGet,
  registerList,
  registerStatus,
  registerWhy,
  registerActions,
  registerTerminate,
  registerSet,
  registerFlow,
  registerLint,
  registerAnalysis,
  registerExpr,
  registerCreate,
  registerDashboard,
  registerNotifications,
  registerCrds,
  registerVersion,
  registerCompletion,
];
