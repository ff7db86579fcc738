router: istio
replicas: 2
strategy:
  canary:
    stableService: web
    canaryService: web-canary
    trafficRouting: {istio: {virtualService: {name: web, routes: [primary]}}, managedRoutes: [{name: beta}]}
    steps:
      - setCanaryScale: {replicas: 1}
      - setHeaderRoute: {name: beta, match: [{headerName: x-beta, headerValue: {exact: "1"}}]}
      - pause: {}
---
at 10s  apply image=web:2
at 20s  expect step=2 phase=Paused pods=web:1:2,web:2:1 weight=0 canary=web:2
        expect event="Rollout step 2/3 completed (setHeaderRoute: beta)"
        abort
        expect canary=web:2
at 22s  expect canary=web:1 weight=0
