# going back is not held by a pause: neither by the spec's nor by doubt
replicas: 2
templates: [gate]
strategy:
  blueGreen: {activeService: web, postPromotionAnalysis: {templates: [{templateName: gate}]}}
---
at 10s  apply image=web:2
at 15s  expect active=web:2 runs=PostPromotion:open
        pause
        abort
        expect active=web:1 runs=PostPromotion:stopped phase=Degraded
at 60s  expect pods=web:1:2,web:2:0
        unpause
        retry
at 65s  expect active=web:2 runs=PostPromotion:open,PostPromotion:stopped
        run post Inconclusive
        expect phase=Paused active=web:2
        abort
        expect active=web:1 phase=Degraded field=status.pauseConditions:none field=status.controllerPause:none
