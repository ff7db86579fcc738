router: istio
replicas: 4
strategy:
  canary:
    stableService: web
    canaryService: web-canary
    dynamicStableScale: true
    trafficRouting: {istio: {virtualService: {name: web, routes: [primary]}}}
    steps: [{setWeight: 50}, {pause: {}}]
---
at 10s  apply image=web:2
at 12s  expect weight=50 pods=web:1:4,web:2:2
at 20s  expect weight=50 pods=web:1:2,web:2:2 phase=Paused
        abort
        expect pods=web:1:4,web:2:2 weight=50
at 30s  expect weight=0 pods=web:1:4,web:2:0 canary=web:1
