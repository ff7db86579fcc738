replicas: 2
templates: [gate]
strategy:
  canary:
    analysis: {templates: [{templateName: gate}], startingStep: 1}
    steps: [{setWeight: 50}, {pause: {}}]
---
at 5s   expect runs=""
at 10s  apply image=web:2
        expect runs=""
at 15s  expect step=1 runs=Background:open phase=Paused
        run background Running
        promote
at 20s  expect phase=Healthy runs=Background:stopped
