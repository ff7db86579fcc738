import type { BlueGreenStrategy } from '#api/argoproj/rollout.js';

/** The blue-green strategy with every default put in. */
export interface BlueGreenSettings {
  readonly activeService: string;
  readonly previewService: string | undefined;
  /** Size of the new ReplicaSet before the switch; absent: as many as in the end. */
  readonly previewReplicas: number | undefined;
  readonly isAutoPromoted: boolean;
  readonly autoPromotionSeconds: number;
  readonly scaleDownDelaySeconds: number;
  readonly isScaleDownDelayExplicit: boolean;
  readonly scaleDownDelayRevisionLimit: number;
  /** `undefined`: never scaled down after an abort. */
  readonly abortScaleDownDelaySeconds: number | undefined;
  readonly preAnalysis: BlueGreenStrategy['prePromotionAnalysis'];
  readonly postAnalysis: BlueGreenStrategy['postPromotionAnalysis'];
}

export function blueGreenSettings(strategy: BlueGreenStrategy): BlueGreenSettings {
  const abortDelay = strategy.abortScaleDownDelaySeconds ?? 30;
  const hasTemplates = (analysis: BlueGreenStrategy['prePromotionAnalysis']) =>
    (analysis?.templates ?? []).length > 0 ? analysis : undefined;
  return {
    activeService: strategy.activeService,
    previewService: strategy.previewService === '' ? undefined : strategy.previewService,
    previewReplicas: strategy.previewReplicaCount,
    isAutoPromoted: strategy.autoPromotionEnabled ?? true,
    autoPromotionSeconds: strategy.autoPromotionSeconds ?? 0,
    scaleDownDelaySeconds: strategy.scaleDownDelaySeconds ?? 30,
    isScaleDownDelayExplicit: strategy.scaleDownDelaySeconds !== undefined,
    scaleDownDelayRevisionLimit: strategy.scaleDownDelayRevisionLimit ?? Number.POSITIVE_INFINITY,
    abortScaleDownDelaySeconds: abortDelay === 0 ? undefined : abortDelay,
    preAnalysis: hasTemplates(strategy.prePromotionAnalysis),
    postAnalysis: hasTemplates(strategy.postPromotionAnalysis),
  };
}
