router: istio
replicas: 4
images: {"web:3": {readyAfterMs: 5000}}
strategy:
  canary:
    stableService: web
    canaryService: web-canary
    trafficRouting: {istio: {virtualService: {name: web, routes: [primary]}}}
    steps: [{setWeight: 50}, {pause: {}}]
---
at 10s  apply image=web:2
at 20s  expect weight=50 phase=Paused
        apply image=web:3
        expect weight=0 step=0 canary=web:2 pods=web:1:4,web:2:2,web:3:2
at 24s  expect canary=web:2 weight=0 pods=web:2:2
at 25s  expect canary=web:3 pods=web:2:2
at 30s  expect weight=50 phase=Paused pods=web:1:4,web:2:0,web:3:2
