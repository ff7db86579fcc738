replicas: 2
strategy:
  canary:
    steps:
      - setWeight: 50
      - experiment: {duration: 10s, templates: [{name: a, specRef: canary}]}
---
at 10s  apply image=web:2
at 30s  expect step=1 phase=Progressing waits="an experiment step, which this version does not run"
        skip
at 40s  expect phase=Healthy
