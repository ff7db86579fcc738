# row "frequent HPA/KEDA changes starve steps"
replicas: 10
images: {web:1: {readyAfterMs: 30000}, web:2: {readyAfterMs: 30000}}
strategy:
  blueGreen: {activeService: web, autoPromotionSeconds: 60}
---
at 60s  apply image=web:2
at 80s  scale replicas=11
at 100s scale replicas=12
at 120s scale replicas=13
at 140s scale replicas=14
at 160s scale replicas=15
at 180s scale replicas=16
at 200s scale replicas=17
at 220s scale replicas=18
        expect active=web:2
at 240s scale replicas=19
at 260s scale replicas=20
        expect pods=web:2:20
