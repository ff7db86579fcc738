replicas: 1
templates: [gate]
strategy:
  blueGreen: {activeService: web, postPromotionAnalysis: {templates: [{templateName: gate}]}}
---
at 10s  apply image=web:2
at 20s  expect active=web:2 phase=Progressing message="waiting for analysis to complete" runs=PostPromotion:open
at 120s expect pods=web:1:1,web:2:1
        run post Successful
        expect phase=Healthy event="RolloutCompleted: Rollout completed update to revision 2" told=AnalysisRunSuccessful,RolloutCompleted
at 149s expect pods=web:1:1
at 151s expect pods=web:1:0
