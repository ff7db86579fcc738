replicas: 1
templates: [gate]
strategy:
  blueGreen:
    activeService: web
    previewService: web-canary
    autoPromotionSeconds: 5
    prePromotionAnalysis: {templates: [{templateName: gate}]}
    postPromotionAnalysis: {templates: [{templateName: gate}]}
---
at 10s  apply image=web:2
at 12s  run pre Running
        run pre Successful
        expect told=AnalysisRunSuccessful,RolloutPaused
at 20s  expect told=AnalysisRunSuccessful,RolloutPaused,SwitchService,RolloutResumed
        run post Running
        expect told=AnalysisRunRunning event="PostPromotion Analysis Run 'web-859687bffd-2-post' Status New: 'Running' Previous: ''"
        run post Failed
        expect told=AnalysisRunFailed,RolloutAborted,SwitchService event="PostPromotion Analysis Run 'web-859687bffd-2-post' Status New: 'Failed' Previous: 'Running'"
