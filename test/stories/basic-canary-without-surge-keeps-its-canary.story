# the peer takes the canary away at 75 of 2 without surge (rollout-semantics 18)
replicas: 2
strategy:
  canary:
    maxSurge: 0
    maxUnavailable: 1
    steps: [{setWeight: 50}, {pause: {}}, {setWeight: 75}, {pause: {}}]
---
at 10s  apply image=web:2
at 20s  expect pods=web:1:1,web:2:1 step=1
        promote
at 30s  expect pods=web:1:1,web:2:1 step=3 phase=Paused
        promote
at 40s  expect pods=web:1:0,web:2:2 phase=Healthy
