replicas: 1
templates: [gate]
spec: {progressDeadlineSeconds: 20, progressDeadlineAbort: true}
images: {web:2: {unreadyAfterMs: 200000}}
strategy:
  blueGreen: {activeService: web, prePromotionAnalysis: {templates: [{templateName: gate}]}}
---
at 10s  apply image=web:2
at 15s  run pre Running
at 300s expect phase=Progressing message="active service cutover pending"
# the time for the pods begins when the run has ended
        run pre Successful
        expect phase=Progressing condition="Progressing/True/ReplicaSetUpdated"
at 319s expect phase=Progressing
at 322s expect phase=Degraded message="has timed out progressing." active=web:1
