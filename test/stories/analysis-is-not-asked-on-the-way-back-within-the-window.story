replicas: 2
templates: [gate]
spec: {rollbackWindow: {revisions: 2}}
strategy:
  canary:
    analysis: {templates: [{templateName: gate}]}
    steps: [{setWeight: 50}, {analysis: {templates: [{templateName: gate}]}}]
---
at 10s  apply image=web:2
at 15s  run step Successful
at 25s  expect phase=Healthy runs=Background:stopped,Step:Successful
        apply image=web:1
at 40s  expect phase=Healthy runs=Background:stopped,Step:Successful event="Rollback within window"
