replicas: 2
strategy:
  blueGreen: {activeService: web, autoPromotionEnabled: false}
---
at 10s  pause
        restart
at 60s  expect restarted=yes phase=Paused message="manually paused" pods=web:1:2 ready=2
