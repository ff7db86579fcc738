replicas: 4
strategy: {canary: {maxSurge: 1, maxUnavailable: 0}}
images: {"web:bad": {readyAfterMs: never}}
spec: {progressDeadlineSeconds: 60}
---
at 5s   expect phase=Healthy step=none
        apply image=web:2
        expect pods=web:1:4,web:2:1
at 20s  expect pods=web:1:0,web:2:4 phase=Healthy
        apply image=web:bad
at 70s  expect phase=Progressing pods=web:2:4,web:bad:1
at 90s  expect phase=Degraded message="ProgressDeadlineExceeded: ReplicaSet"
        apply image=web:2
at 95s  expect phase=Healthy pods=web:2:4,web:bad:0
