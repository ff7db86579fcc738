router: istio
replicas: 4
spec: {rollbackWindow: {revisions: 2}}
images: {'web:1': {readyAfterMs: 10000}}
strategy:
  canary:
    stableService: web
    canaryService: web-canary
    trafficRouting: {istio: {virtualService: {name: web, routes: [primary]}}}
    scaleDownDelaySeconds: 5
    steps: [{setWeight: 25}, {pause: {}}]
---
at 30s  expect phase=Healthy stable=web:1
        apply image=web:2
at 40s  promote full
at 60s  expect phase=Healthy stable=web:2 pods=web:1:0,web:2:4
# back: no step, no pause, and yet no weight before the pods can carry it (the peer sends everything at once, 3941)
        apply image=web:1
at 65s  expect weight=0 pods=web:1:4,web:2:4 step=2 phase=Progressing
at 75s  expect pods=web:2:4
at 80s  expect stable=web:1 phase=Healthy event="Rollback within window"
