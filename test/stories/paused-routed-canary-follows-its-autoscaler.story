replicas: 4
router: istio
strategy:
  canary:
    stableService: web
    canaryService: web-canary
    trafficRouting: {istio: {virtualService: {name: web, routes: [primary]}}}
    steps: [{setWeight: 30}, {pause: {}}]
---
at 10s  apply image=web:2
at 20s  expect pods=web:1:4,web:2:2 weight=30
        pause
        scale replicas=10
at 25s  expect pods=web:1:10,web:2:5 weight=30
        scale replicas=2
at 30s  expect pods=web:1:2,web:2:1 weight=30
        unpause
        promote
at 40s  expect phase=Healthy pods=web:2:2
