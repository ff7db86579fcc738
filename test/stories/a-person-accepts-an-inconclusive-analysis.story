replicas: 2
templates: [gate]
strategy:
  canary:
    steps: [{setWeight: 50}, {analysis: {templates: [{templateName: gate}]}}, {pause: {}}]
---
at 10s  apply image=web:2
at 15s  run step Inconclusive
        expect phase=Paused message=InconclusiveAnalysisRun step=1
        accept
        expect phase=Paused message=CanaryPauseStep step=2 runs=Step:Inconclusive
        promote
at 20s  expect phase=Healthy
