# row "scaleDownDelaySeconds: 0 (BG): old RS is never scaled down and is re-queued at once"
replicas: 2
strategy:
  blueGreen: {activeService: web, scaleDownDelaySeconds: 0}
---
at 10s  apply image=web:2
at 11s  expect active=web:2 pods=web:1:2,web:2:2
at 13s  expect phase=Healthy pods=web:1:0,web:2:2
