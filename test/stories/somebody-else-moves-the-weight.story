router: istio
replicas: 2
strategy:
  canary:
    stableService: web
    canaryService: web-canary
    trafficRouting: {istio: {virtualService: {name: web, routes: [primary]}}}
    steps: [{setWeight: 20}, {pause: {}}]
---
at 10s  apply image=web:2
at 20s  expect weight=20 phase=Paused
        weight 70
        expect weight=20 event="Updated VirtualService"
at 30s  expect weight=20 phase=Paused
