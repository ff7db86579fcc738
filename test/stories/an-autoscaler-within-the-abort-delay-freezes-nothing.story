# row "HPA changes during an abort delay froze traffic"
replicas: 4
router: istio
strategy:
  canary:
    stableService: web
    canaryService: web-canary
    abortScaleDownDelaySeconds: 60
    trafficRouting: {istio: {virtualService: {name: web, routes: [primary]}}}
    steps: [{setWeight: 50}, {pause: {}}]
---
at 10s  apply image=web:2
at 20s  expect weight=50 step=1
        abort
at 22s  expect weight=0 pods=web:1:4,web:2:2
        scale replicas=6
at 25s  expect pods=web:1:6,web:2:2 weight=0 field=status.HPAReplicas:8
# another revision within the delay gets its traffic
        apply image=web:3
        scale replicas=8
at 35s  expect pods=web:1:8,web:3:4 weight=50 step=1
# the aborted one keeps its pods for its delay, and no longer
        expect pods=web:2:2
at 90s  expect pods=web:2:0
