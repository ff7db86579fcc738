replicas: 4
strategy:
  blueGreen: {activeService: web, autoPromotionEnabled: false, maxUnavailable: 2, scaleDownDelaySeconds: 600}
images: {web:1: {readyAfterMs: 4000}, web:2: {readyAfterMs: 4000}, web:3: {readyAfterMs: 4000}}
---
at 10s  apply image=web:2
at 20s  promote
at 30s  apply image=web:3
at 40s  expect pods=web:1:4,web:2:4,web:3:4 ready=12
# two at a time over all: first those that serve, then the new ones, then those that are kept for a way back
        restart
        expect ready=10 waits="2 pods of ReplicaSet web-859687bffd"
at 43s  expect ready=10 waits="2 pods of ReplicaSet web-859687bffd"
at 49s  expect ready=10 waits="2 pods of ReplicaSet web-94c988597 to be restarted"
at 57s  expect ready=10 waits="2 pods of ReplicaSet web-cb5d95cc5 to be restarted"
at 120s expect restarted=yes ready=12 phase=Paused
