# row "BG abort while newRS is not saturated after cut-over"
replicas: 2
templates: [gate]
images: {web:2: {crashAfterMs: 8000}}
strategy:
  blueGreen: {activeService: web, postPromotionAnalysis: {templates: [{templateName: gate}]}}
---
at 10s  apply image=web:2
at 15s  expect active=web:2
at 22s  abort
        expect active=web:1 phase=Degraded
at 90s  expect active=web:1 pods=web:1:2,web:2:0
