replicas: 1
strategy:
  canary:
    stableService: web
    canaryService: web-canary
    steps: []
images: {web:1: {readyAfterMs: 4000}}
---
at 20s  expect phase=Healthy pods=web:1:1
        restart
# an extra pod comes first; the old one leaves when it is ready, and the size goes back
        expect phase=Progressing message="rollout is restarting" pods=web:1:2 ready=1
at 23s  expect ready=1 pods=web:1:2
at 40s  expect phase=Healthy ready=1 pods=web:1:1 restarted=yes
