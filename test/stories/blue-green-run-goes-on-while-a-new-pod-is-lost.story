# row "BG pre-promotion analysis terminated when newRS loses a pod, then promoted"
replicas: 2
templates: [gate]
images: {web:2: {unreadyAfterMs: 8000}}
strategy:
  blueGreen: {activeService: web, prePromotionAnalysis: {templates: [{templateName: gate}]}}
---
at 10s  apply image=web:2
at 15s  expect runs=PrePromotion:open
at 25s  expect runs=PrePromotion:open active=web:1 phase=Progressing
        run pre Successful
        expect active=web:1
