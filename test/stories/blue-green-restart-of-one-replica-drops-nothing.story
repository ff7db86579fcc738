# row "restart with R=1 or maxUnavailable 0 causes downtime"
replicas: 1
strategy:
  blueGreen: {activeService: web, previewService: web-canary, autoPromotionEnabled: false}
images: {web:1: {readyAfterMs: 4000}, web:2: {readyAfterMs: 4000}}
---
at 10s  restart
        expect phase=Progressing message="rollout is restarting" pods=web:1:2 ready=1 field=status.HPAReplicas:1
at 13s  expect ready=1
at 20s  expect phase=Healthy ready=1 pods=web:1:1 restarted=yes
        apply image=web:2
at 30s  expect phase=Paused
# stable first, then the new ones; the pause stays what people read
        restart
        expect pods=web:1:2,web:2:1 phase=Paused message=BlueGreenPause
at 60s  expect restarted=yes pods=web:1:1,web:2:1 ready=2 phase=Paused
        promote
at 65s  expect phase=Healthy active=web:2
