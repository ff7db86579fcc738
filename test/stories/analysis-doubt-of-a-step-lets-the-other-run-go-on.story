replicas: 2
templates: [gate]
strategy:
  canary:
    analysis: {templates: [{templateName: gate}]}
    steps: [{setWeight: 50}, {analysis: {templates: [{templateName: gate}]}}, {pause: {}}]
---
at 10s  apply image=web:2
at 15s  expect step=1 runs=Background:open,Step:open
        run step Inconclusive
        expect phase=Paused message=InconclusiveAnalysisRun runs=Background:open,Step:Inconclusive
        promote
        expect runs=Background:open,Step:Inconclusive,Step:open
# who goes on to the next step stops the run of this one
        skip
        expect step=2 runs=Background:open,Step:Inconclusive,Step:stopped phase=Paused
        promote full
at 25s  expect phase=Healthy runs=Background:stopped,Step:Inconclusive,Step:stopped
