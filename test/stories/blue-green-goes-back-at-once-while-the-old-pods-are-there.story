replicas: 2
strategy:
  blueGreen: {activeService: web, autoPromotionEnabled: false, scaleDownDelaySeconds: 60}
---
at 10s  apply image=web:2
at 20s  promote
at 25s  expect active=web:2 phase=Healthy pods=web:1:2
        apply image=web:1
        expect active=web:1
at 27s  expect phase=Healthy event="Completed blue-green update" pods=web:1:2,web:2:2
