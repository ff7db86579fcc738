replicas: 2
strategy:
  canary:
    steps:
      - setWeight: 50
      - experiment: {duration: 10s, templates: [{name: a, specRef: canary}]}
---
at 10s  apply image=web:2
at 15s  expect step=1 phase=Progressing waits="Experiment web-" event="ExperimentCreated: Created Experiment 'web-"
        expect field=status.availableReplicas:2 field=status.updatedReplicas:1
at 30s  expect phase=Healthy event="Rollout step 2/2 completed (experiment)"
