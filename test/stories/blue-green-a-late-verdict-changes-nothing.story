replicas: 1
templates: [gate]
strategy:
  blueGreen: {activeService: web, postPromotionAnalysis: {templates: [{templateName: gate}]}}
---
at 10s  apply image=web:2
at 15s  expect runs=PostPromotion:open active=web:2
        promote full
        expect phase=Healthy runs=PostPromotion:stopped
        run post Failed
at 20s  expect phase=Healthy active=web:2 field=status.abort:none noevent=RolloutAborted
        expect field=status.blueGreen.postPromotionAnalysisRunStatus.status:Failed
# the next template forgets it
        apply image=web:3
        expect field=status.blueGreen.postPromotionAnalysisRunStatus:none
