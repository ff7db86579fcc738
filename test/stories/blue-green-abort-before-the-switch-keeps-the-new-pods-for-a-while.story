replicas: 2
strategy:
  blueGreen: {activeService: web, previewService: web-canary, autoPromotionEnabled: false}
---
at 10s  apply image=web:2
at 20s  abort
        expect phase=Degraded message="RolloutAborted: Rollout aborted update to revision 2" active=web:1 preview=web:2 pods=web:1:2,web:2:2
        expect field=status.pauseConditions:none field=status.controllerPause:none field=status.abort:true
at 49s  expect pods=web:1:2,web:2:2
at 51s  expect pods=web:1:2,web:2:0 active=web:1
at 100s expect phase=Degraded pods=web:1:2,web:2:0
# a retry begins anew: the pause too
        retry
at 105s expect phase=Paused message=BlueGreenPause pods=web:2:2 active=web:1 field=status.abortedAt:none
