# row "preview Service points at a 0-pod RS during each update"
replicas: 2
strategy:
  blueGreen: {activeService: web, previewService: web-canary, autoPromotionEnabled: false}
images: {web:2: {readyAfterMs: 5000}}
---
# nothing serves behind it yet: it is pointed at once
at 0s   expect preview=web:1 active=none
at 10s  expect told=RolloutAddedToInformer,RolloutUpdated,NewReplicaSetCreated,SwitchService,ScalingReplicaSet,RolloutCompleted,SwitchService
        apply image=web:2
at 12s  expect preview=web:1 active=web:1 waits="available pods for Service web-canary"
at 16s  expect preview=web:2 active=web:1 phase=Paused
        expect told=RolloutUpdated,NewReplicaSetCreated,RolloutNotCompleted,ScalingReplicaSet,SwitchService,RolloutPaused
        promote
at 16s  expect active=web:2 told=SwitchService,RolloutResumed
