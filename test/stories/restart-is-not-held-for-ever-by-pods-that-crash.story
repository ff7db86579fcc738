replicas: 4
images: {web:2: {readyAfterMs: never}}
strategy: {canary: {maxUnavailable: 1, maxSurge: 1, steps: [{setWeight: 25}, {pause: {}}]}}
---
at 10s  apply image=web:2
at 20s  expect pods=web:1:3,web:2:1 ready=3
        restart
# the canary's pod never comes up and serves nobody; an extra pod stands in for it
at 300s expect restarted=yes pods=web:1:3,web:2:1 ready=3
