replicas: 2
strategy: {blueGreen: {activeService: web, previewService: web-canary, autoPromotionEnabled: false, abortScaleDownDelaySeconds: 10}}
---
at 10s  apply image=web:2
at 20s  expect phase=Paused pods=web:1:2,web:2:2
        abort
        apply image=web:3
at 26s  expect phase=Paused pods=web:1:2,web:2:2,web:3:2
at 40s  expect phase=Paused pods=web:1:2,web:3:2
