replicas: 3
templates: [gate]
images: {web:2: {readyAfterMs: 4000}}
strategy:
  blueGreen:
    activeService: web
    autoPromotionEnabled: false
    previewReplicaCount: 1
    prePromotionAnalysis: {templates: [{templateName: gate}]}
    postPromotionAnalysis: {templates: [{templateName: gate}]}
---
at 10s  apply image=web:2
at 15s  expect runs=PrePromotion:open pods=web:2:1
        promote full
        expect runs=PrePromotion:stopped pods=web:2:3 active=web:1
at 18s  expect active=web:1
at 19s  expect active=web:2
at 21s  expect phase=Healthy event="Full promotion requested" runs=PrePromotion:stopped field=status.promoteFull:none completion=FastPromoted
