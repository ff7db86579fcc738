replicas: 2
templates: [gate]
strategy:
  blueGreen:
    activeService: web
    autoPromotionEnabled: false
    prePromotionAnalysis: {templates: [{templateName: gate}]}
    postPromotionAnalysis: {templates: [{templateName: gate}]}
---
at 10s  apply image=web:2
at 15s  promote full
at 20s  expect phase=Healthy active=web:2
        apply image=web:1
        expect active=web:1 told=RolloutUpdated,RolloutNotCompleted,SwitchService
at 22s  expect phase=Healthy runs=PrePromotion:stopped completion=FastRolledBack
# the deadline of the pods that came back is gone, the others have one
at 60s  expect pods=web:1:2,web:2:0
# later it is an update like any other
        apply image=web:2
at 70s  expect active=web:1 runs=PrePromotion:open,PrePromotion:stopped
