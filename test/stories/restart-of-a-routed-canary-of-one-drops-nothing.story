replicas: 1
router: istio
strategy:
  canary:
    maxSurge: 0
    maxUnavailable: 1
    stableService: web
    canaryService: web-canary
    trafficRouting: {istio: {virtualService: {name: web, routes: [primary]}}}
    steps: [{setWeight: 50}, {pause: {}}]
images: {web:1: {readyAfterMs: 4000}, web:2: {readyAfterMs: 4000}}
---
at 10s  apply image=web:2
at 30s  expect phase=Paused weight=50 ready=2
        restart
        expect ready=2
at 33s  expect ready=2
at 60s  expect restarted=yes ready=2 weight=50 pods=web:1:1,web:2:1 phase=Paused
