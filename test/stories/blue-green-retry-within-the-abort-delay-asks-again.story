# the peer takes pods that an abort left over for a fast rollback, and switches without pause or analysis
replicas: 2
templates: [gate]
strategy:
  blueGreen: {activeService: web, autoPromotionEnabled: false, prePromotionAnalysis: {templates: [{templateName: gate}]}}
---
at 10s  apply image=web:2
at 15s  run pre Failed
        expect phase=Degraded message="Blue/green pre-promotion analysis phase error/failed: it is Failed" runs=PrePromotion:Failed
        expect told=AnalysisRunFailed,RolloutAborted
at 20s  retry
        expect active=web:1 runs=PrePromotion:Failed,PrePromotion:open
at 60s  expect active=web:1 pods=web:2:2
        run pre Successful
        expect phase=Paused message=BlueGreenPause active=web:1
# neither does a way round over the stable template make them good
        abort
        apply image=web:1
at 65s  expect phase=Healthy
        apply image=web:2
at 70s  expect active=web:1 runs=PrePromotion:Failed,PrePromotion:Successful,PrePromotion:open
