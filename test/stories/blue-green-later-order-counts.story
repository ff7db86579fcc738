# row "abort requested after promoteFull is ignored"
replicas: 2
images: {web:2: {readyAfterMs: 5000}}
strategy:
  blueGreen: {activeService: web, autoPromotionEnabled: false}
---
at 10s  apply image=web:2
        promote full
at 12s  expect field=status.promoteFull:true
        abort
        expect phase=Degraded field=status.promoteFull:none field=status.abort:true
at 20s  expect active=web:1 phase=Degraded
        promote full
        expect field=status.abort:none field=status.abortedAt:none active=web:2
at 25s  expect phase=Healthy
