replicas: 2
templates: [gate]
strategy:
  blueGreen:
    activeService: web
    prePromotionAnalysis: {templates: [{templateName: gate}]}
    postPromotionAnalysis: {templates: [{templateName: gate}]}
---
at 10s  apply image=web:2
at 15s  expect active=web:1 runs=PrePromotion:open
        run pre Successful
        expect active=web:2
at 20s  expect runs=PostPromotion:open,PrePromotion:Successful phase=Progressing pods=web:1:2
        run post Failed
        expect phase=Degraded active=web:1 message="Blue/green post-promotion analysis phase error/failed: it is Failed"
at 30s  expect active=web:1 pods=web:1:2,web:2:2
at 60s  expect pods=web:1:2,web:2:0
