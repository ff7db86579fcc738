router: istio
replicas: 4
strategy:
  canary:
    stableService: web
    canaryService: web-canary
    trafficRouting: {istio: {virtualService: {name: web, routes: [primary]}}}
    steps: [{setWeight: 50}, {pause: {}}]
---
at 10s  apply image=web:2
at 20s  expect phase=Paused weight=50 pods=web:1:4,web:2:2
        abort
        expect weight=0 phase=Degraded step=0 pods=web:1:4,web:2:2 canary=web:2
        expect message="RolloutAborted: Rollout aborted update to revision 2"
        expect event=RolloutAborted condition=Progressing/False/RolloutAborted
at 21s  expect canary=web:1 weight=0 pods=web:2:2
at 51s  expect pods=web:2:2
at 53s  expect pods=web:1:4,web:2:0 phase=Degraded
# a retry begins at the first step
at 60s  retry
        expect phase=Progressing step=0
at 70s  expect phase=Paused step=1 weight=50 canary=web:2
# back to the stable template: nothing new is started
        apply image=web:1
        expect weight=0 step=2 event="SkipSteps: Rollback to stable ReplicaSets"
at 73s  expect phase=Healthy canary=web:1 stable=web:1
at 110s expect pods=web:1:4,web:2:0 phase=Healthy condition=Healthy/True
