import type { PluginState } from '#core/plugin/config.js';
import type { StepOutcome } from '#core/plugin/step-call.js';
import type { Instant } from '#core/time/instant.js';

/** What a pass knows of step plugins beside the status. Calls go on between passes; losing them costs a repeated call. */
export interface StepPluginView {
  /** What the configuration says of the plugins that the steps name. */
  readonly states: Readonly<Record<string, PluginState>>;
  /** Keys of the calls that are under way. */
  readonly calling: readonly string[];
  /** Calls that have ended and are not in the status yet. */
  readonly finished: readonly FinishedStepCall[];
  /** Keys of calls that no answer came to, and whose plugin is configured otherwise since then. */
  readonly renewed: readonly string[];
}

/** A call that came back since the last pass. */
export interface FinishedStepCall {
  readonly key: string;
  readonly finishedAt: Instant;
  readonly outcome: StepOutcome;
}

/** No plugin is configured, and none is being asked. */
export const noStepPlugins: StepPluginView = { states: {}, calling: [], finished: [], renewed: [] };
