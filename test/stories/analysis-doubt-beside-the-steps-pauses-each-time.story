replicas: 4
templates: [gate]
images: {web:2: {readyAfterMs: 60000}}
strategy:
  canary:
    analysis: {templates: [{templateName: gate}]}
    steps: [{setWeight: 50}, {pause: {}}]
---
at 10s  apply image=web:2
at 15s  expect runs=Background:open step=0
        run background Inconclusive
        expect phase=Paused message=InconclusiveAnalysisRun
        promote
        expect phase=Progressing runs=Background:Inconclusive,Background:open field=status.controllerPause:none
        run background Inconclusive
        expect phase=Paused message=InconclusiveAnalysisRun runs=Background:Inconclusive,Background:Inconclusive
