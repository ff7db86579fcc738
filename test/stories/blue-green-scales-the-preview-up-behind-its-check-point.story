replicas: 3
templates: [gate]
strategy:
  blueGreen:
    activeService: web
    previewService: web-canary
    autoPromotionEnabled: false
    previewReplicaCount: 1
    prePromotionAnalysis: {templates: [{templateName: gate}]}
---
# the first revision comes whole
at 0s   expect pods=web:1:3
at 10s  apply image=web:2
at 15s  expect pods=web:1:3,web:2:1 runs=PrePromotion:open phase=Progressing field=status.blueGreen.scaleUpPreviewCheckPoint:none
        run pre Successful
        expect phase=Paused pods=web:1:3,web:2:1 field=status.blueGreen.scaleUpPreviewCheckPoint:none
at 20s  promote
        expect pods=web:1:3,web:2:3 active=web:1 field=status.blueGreen.scaleUpPreviewCheckPoint:true field=status.controllerPause:none
at 22s  expect active=web:2
at 25s  expect phase=Healthy field=status.blueGreen.scaleUpPreviewCheckPoint:none
        apply image=web:3
at 30s  expect pods=web:2:3,web:3:1
