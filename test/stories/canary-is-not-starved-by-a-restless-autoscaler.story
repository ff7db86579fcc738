# row "frequent HPA/KEDA changes starve steps"
replicas: 10
router: istio
images: {web:1: {readyAfterMs: 30000}, web:2: {readyAfterMs: 30000}}
strategy:
  canary:
    stableService: web
    canaryService: web-canary
    trafficRouting: {istio: {virtualService: {name: web, routes: [primary]}}}
    steps: [{setWeight: 50}, {setWeight: 80}]
---
at 60s  apply image=web:2
at 80s  scale replicas=12
at 100s scale replicas=14
at 120s scale replicas=16
at 140s scale replicas=18
        expect weight=50 step=1
at 160s scale replicas=20
at 180s scale replicas=22
        expect weight=80 step=2
at 200s scale replicas=24
        expect event="Completed all 2 canary steps" stable=web:2 canary=web:2 weight=0
at 220s scale replicas=26
at 240s scale replicas=28
at 300s expect phase=Healthy pods=web:2:28 weight=0
