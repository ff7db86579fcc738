replicas: 2
templates: [gate]
strategy:
  canary:
    steps: [{setWeight: 50}, {analysis: {templates: [{templateName: gate}]}}]
---
at 10s  apply image=web:2
at 15s  expect step=1 runs=Step:open
        run step Inconclusive
        expect phase=Paused message=InconclusiveAnalysisRun waits="a person to judge"
at 60s  expect phase=Paused pods=web:1:1,web:2:1
# resuming asks again with a new run
        promote
        expect phase=Progressing runs=Step:Inconclusive,Step:open
        run step Successful
at 65s  expect phase=Healthy
