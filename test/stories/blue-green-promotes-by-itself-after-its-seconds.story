replicas: 2
strategy:
  blueGreen: {activeService: web, previewService: web-canary, autoPromotionSeconds: 20}
---
at 10s  apply image=web:2
at 20s  expect phase=Paused message=BlueGreenPause active=web:1 field=status.controllerPause:true waits="the pause before the switch to end"
# 20 s from the moment at which the new pods were ready
at 30s  expect phase=Paused active=web:1
at 31s  expect active=web:2 phase=Progressing message="waiting for post-promotion verification" field=status.pauseConditions:none field=status.controllerPause:none
at 33s  expect phase=Healthy
# a person may be quicker
        apply image=web:3
at 40s  expect phase=Paused
        promote
        expect active=web:3 field=status.controllerPause:none
