replicas: 4
strategy: {canary: {maxUnavailable: 1, maxSurge: 1, steps: []}}
images: {web:1: {readyAfterMs: 4000}}
---
at 20s  expect phase=Healthy pods=web:1:4
        restart
        expect phase=Progressing message="rollout is restarting" ready=3 waits="to be restarted"
at 23s  expect ready=3 phase=Progressing
at 25s  expect ready=3 waits="pods of ReplicaSet"
at 60s  expect phase=Healthy ready=4 restarted=yes pods=web:1:4
