# row "user-paused canary ignores R/HPA changes"
replicas: 4
strategy: {canary: {maxSurge: 1, maxUnavailable: 0, steps: [{setWeight: 50}, {pause: {}}]}}
---
at 10s  apply image=web:2
at 20s  expect pods=web:1:2,web:2:2 step=1 phase=Paused
        pause
        scale replicas=8
at 25s  expect pods=web:1:4,web:2:4 step=1 message="manually paused" ready=8
        scale replicas=5
at 30s  expect pods=web:1:3,web:2:2
        scale replicas=0
at 35s  expect pods=web:1:0,web:2:0
        scale replicas=4
        unpause
at 45s  expect pods=web:1:2,web:2:2 step=1 phase=Paused message=CanaryPauseStep
# an abort is followed while paused: without a router the pods are the traffic
        pause
        abort
at 60s  expect pods=web:1:4,web:2:0 phase=Degraded
