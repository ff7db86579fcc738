# resuming from an inconclusive run asks anew; it is not the approval of the switch
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
at 15s  run pre Inconclusive
        expect phase=Paused message=InconclusiveAnalysisRun field=status.controllerPause:true waits="a person to judge"
at 20s  promote
        expect phase=Progressing runs=PrePromotion:Inconclusive,PrePromotion:open field=status.controllerPause:none
# doubt again pauses again
        run pre Inconclusive
        expect phase=Paused message=InconclusiveAnalysisRun
at 25s  promote
        run pre Successful
        expect phase=Paused message=BlueGreenPause active=web:1
        promote
        expect active=web:2
at 30s  run post Inconclusive
        expect phase=Paused message=InconclusiveAnalysisRun active=web:2
at 600s expect pods=web:1:2,web:2:2 phase=Paused
        promote
        run post Successful
at 605s expect phase=Healthy field=status.blueGreen.postPromotionAnalysisRunStatus.status:Successful
