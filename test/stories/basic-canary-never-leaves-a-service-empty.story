replicas: 3
strategy:
  canary:
    stableService: web
    canaryService: web-canary
    maxSurge: 0
    maxUnavailable: 1
    steps: [{setWeight: 34}, {pause: {}}]
images: {web:2: {readyAfterMs: 2000}}
---
at 10s  expect phase=Healthy stable=web:1 canary=web:1
        apply image=web:2
at 20s  expect phase=Paused pods=web:1:2,web:2:1 stable=web:1 canary=web:2
        promote
# the last stable pod stays behind its Service; the one that it keeps out comes after the switch
at 21s  expect stable=web:1 pods=web:1:1,web:2:2
at 22s  expect stable=web:2 phase=Progressing pods=web:1:1,web:2:2
at 40s  expect phase=Healthy stable=web:2 pods=web:1:0,web:2:3
        apply image=web:3
at 50s  expect pods=web:2:2,web:3:1 canary=web:3
# another revision: the canary Service goes back to stable before its pods go
        apply image=web:1
        expect canary=web:2
at 60s  expect phase=Paused canary=web:1 pods=web:1:1,web:2:2,web:3:0
