router: istio
replicas: 2
images: {"web:bad": {readyAfterMs: never}}
spec: {progressDeadlineSeconds: 30, progressDeadlineAbort: true}
strategy:
  canary:
    stableService: web
    canaryService: web-canary
    abortScaleDownDelaySeconds: 5
    trafficRouting: {istio: {virtualService: {name: web, routes: [primary]}}}
    steps: [{setWeight: 50}]
---
at 10s  apply image=web:bad
at 30s  expect phase=Progressing
at 45s  expect phase=Degraded event="RolloutAborted: Rollout aborted update to revision 2: ReplicaSet"
at 60s  expect pods=web:1:2,web:bad:0 weight=0
