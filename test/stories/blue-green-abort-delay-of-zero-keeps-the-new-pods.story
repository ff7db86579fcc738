replicas: 2
strategy:
  blueGreen: {activeService: web, autoPromotionEnabled: false, abortScaleDownDelaySeconds: 0}
---
at 10s  apply image=web:2
at 20s  abort
at 600s expect pods=web:1:2,web:2:2 phase=Degraded
