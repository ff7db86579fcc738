replicas: 3
strategy:
  blueGreen: {activeService: web, previewService: web-canary, autoPromotionEnabled: false, previewReplicaCount: 1}
---
at 10s  expect phase=Healthy active=web:1 preview=web:1
        expect order=RolloutAddedToInformer,RolloutUpdated,NewReplicaSetCreated,ScalingReplicaSet,RolloutCompleted
        apply image=web:2
at 15s  expect phase=Paused message=BlueGreenPause active=web:1 preview=web:2 pods=web:1:3,web:2:1
at 60s  expect phase=Paused
        promote
at 62s  expect active=web:2 pods=web:1:3,web:2:3
at 65s  expect phase=Healthy event="Completed blue-green update"
at 90s  expect pods=web:1:3
at 95s  expect pods=web:1:0,web:2:3
