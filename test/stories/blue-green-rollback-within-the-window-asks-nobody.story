replicas: 2
templates: [gate]
spec: {rollbackWindow: {revisions: 2}}
strategy:
  blueGreen: {activeService: web, autoPromotionEnabled: false, scaleDownDelaySeconds: 1, prePromotionAnalysis: {templates: [{templateName: gate}]}}
---
at 10s  apply image=web:2
at 15s  promote full
at 25s  apply image=web:3
at 30s  promote full
at 40s  expect phase=Healthy pods=web:1:0,web:2:0,web:3:2
        apply image=web:1
at 50s  expect phase=Healthy active=web:1 completion=FastRolledBack event="Rollout completed update to revision 4"
        expect runs=PrePromotion:stopped,PrePromotion:stopped
