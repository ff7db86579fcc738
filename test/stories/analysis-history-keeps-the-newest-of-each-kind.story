replicas: 1
templates: [gate]
spec: {analysis: {successfulRunHistoryLimit: 1, unsuccessfulRunHistoryLimit: 2}, revisionHistoryLimit: 2}
strategy:
  blueGreen: {activeService: web, scaleDownDelaySeconds: 1, prePromotionAnalysis: {templates: [{templateName: gate}]}}
---
at 10s  apply image=web:2
at 15s  run pre Successful
at 25s  apply image=web:3
at 30s  run pre Successful
at 40s  expect runs=PrePromotion:Successful,PrePromotion:Successful
# the current one is not history yet
        apply image=web:4
        expect runs=PrePromotion:Successful
at 45s  run pre Failed
at 50s  retry
at 51s  run pre Failed
at 52s  retry
at 53s  run pre Failed
at 54s  retry
        expect runs=PrePromotion:Failed,PrePromotion:Failed,PrePromotion:Successful,PrePromotion:open
        run pre Successful
at 60s  expect phase=Healthy
# with a ReplicaSet that history has no room for go its runs
        apply image=web:5
at 70s  run pre Successful
at 80s  apply image=web:6
at 90s  run pre Successful
at 99s  expect runs=PrePromotion:Failed,PrePromotion:Failed,PrePromotion:Successful,PrePromotion:Successful
