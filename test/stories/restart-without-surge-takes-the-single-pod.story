replicas: 1
strategy: {canary: {maxUnavailable: 1, maxSurge: 0, steps: []}}
images: {web:1: {readyAfterMs: 4000}}
---
at 10s  restart
        expect pods=web:1:1 ready=0
at 20s  expect ready=1 restarted=yes phase=Healthy
