replicas: 1
strategy:
  blueGreen: {activeService: web, scaleDownDelaySeconds: 600, scaleDownDelayRevisionLimit: 1}
---
at 10s  apply image=web:2
at 20s  expect pods=web:1:1,web:2:1
        apply image=web:3
at 30s  expect phase=Healthy pods=web:1:0,web:2:1,web:3:1
