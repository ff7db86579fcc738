router: istio
replicas: 2
strategy:
  canary:
    stableService: web
    canaryService: web-canary
    scaleDownDelaySeconds: 20
    trafficRouting: {istio: {virtualService: {name: web, routes: [primary]}}}
    steps: [{setWeight: 50}, {pause: {duration: 60s}}]
---
at 10s  apply image=web:2
at 30s  expect step=1 phase=Paused
        kill
at 72s  kill
        expect step=1 phase=Paused
at 80s  expect phase=Healthy pods=web:1:2
        kill
at 90s  expect pods=web:1:2
at 110s expect pods=web:1:0,web:2:2
