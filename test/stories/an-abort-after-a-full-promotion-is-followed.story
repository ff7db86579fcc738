# row "abort requested after promoteFull is ignored / index already at end"
replicas: 4
router: istio
images: {web:2: {readyAfterMs: 20000}}
strategy:
  canary:
    stableService: web
    canaryService: web-canary
    trafficRouting: {istio: {virtualService: {name: web, routes: [primary]}}}
    steps: [{setWeight: 50}, {pause: {}}]
---
at 10s  apply image=web:2
        promote full
at 15s  expect field=status.promoteFull:true step=2 pods=web:2:4
        abort
        expect phase=Degraded step=0 field=status.promoteFull:none
at 120s expect phase=Degraded weight=0 stable=web:1 pods=web:1:4,web:2:0
