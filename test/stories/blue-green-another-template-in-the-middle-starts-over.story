replicas: 2
templates: [gate]
strategy:
  blueGreen: {activeService: web, previewService: web-canary, autoPromotionEnabled: false, prePromotionAnalysis: {templates: [{templateName: gate}]}}
---
at 10s  apply image=web:2
at 15s  expect runs=PrePromotion:open preview=web:2
        apply image=web:3
        expect runs=PrePromotion:stopped preview=web:2
# the one between was never active: it goes at once, as soon as the preview left it
at 17s  expect preview=web:3 pods=web:1:2,web:2:0,web:3:2 runs=PrePromotion:open,PrePromotion:stopped
        run pre Successful
        expect phase=Paused
        apply image=web:1
# back to the stable template: nobody is asked
at 19s  expect phase=Healthy active=web:1 noevent="(revision 4) from" field=status.pauseConditions:none
at 60s  expect pods=web:1:2,web:2:0,web:3:0
