replicas: 2
templates: [gate]
strategy:
  blueGreen: {activeService: web, previewService: web-canary, prePromotionAnalysis: {templates: [{templateName: gate}]}}
---
at 10s  apply image=web:2
at 15s  expect runs=PrePromotion:open
        pause
        expect phase=Paused message="manually paused" condition="Paused/True/RolloutPaused"
# a run that is under way goes on, and so do the sizes
        run pre Successful
        scale replicas=3
at 30s  expect phase=Paused active=web:1 preview=web:2 pods=web:1:3,web:2:3
        unpause
at 35s  expect phase=Healthy active=web:2
        pause
        apply image=web:3
at 40s  expect pods=web:3:3 active=web:2 preview=web:2 phase=Paused
        unpause
at 45s  expect preview=web:3 runs=PrePromotion:Successful,PrePromotion:open
