# found by the laws: a wait that was over already asked for a pass at once, for ever
replicas: 1
images: {"web:2": {readyAfterMs: 3000}}
strategy: {blueGreen: {activeService: web, autoPromotionSeconds: 4}}
---
at 10s  apply image=web:2
at 16s  expect phase=Paused active=web:1
        scale 2
at 18s  expect active=web:1
at 25s  expect phase=Healthy active=web:2 pods=web:2:2
