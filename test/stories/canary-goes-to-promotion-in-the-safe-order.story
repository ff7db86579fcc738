router: istio
replicas: 5
strategy:
  canary:
    stableService: web
    canaryService: web-canary
    trafficRouting: {istio: {virtualService: {name: web, routes: [primary]}}}
    steps: [{setWeight: 20}, {pause: {duration: 30s}}, {setWeight: 60}, {pause: {}}]
---
at 10s  expect phase=Healthy weight=0 step=4 stable=web:1 canary=web:1
        expect order=RolloutAddedToInformer,RolloutUpdated,NewReplicaSetCreated,RolloutNotCompleted,ScalingReplicaSet,RolloutCompleted
        apply image=web:2
        expect phase=Progressing weight=0 pods=web:1:5,web:2:1 waits="pods of ReplicaSet"
# one second until the pod is ready, one until proxies know the endpoints, one until they know the weight
at 11s  expect canary=web:2 weight=0 waits="endpoints of Service web-canary to reach every proxy"
at 12s  expect weight=20 step=0 waits="weight 20 to reach every proxy"
at 13s  expect phase=Paused message=CanaryPauseStep step=1 waits="the pause to end"
at 42s  expect step=1
at 43s  expect step=2 pods=web:1:5,web:2:3 weight=20
at 45s  expect weight=60 step=3 phase=Paused condition=Progressing/Unknown/RolloutPaused
at 80s  expect step=3 weight=60
        promote
        expect step=4 pods=web:1:5,web:2:5
at 81s  expect weight=100 stable=web:1 noevent="revision 2 (859687bffd): Completed"
# point of no return: the stable Service moves first, the weight a propagation time later, Healthy comes last
at 82s  expect stable=web:2 weight=100 phase=Progressing message="stable service cutover pending"
at 83s  expect weight=0 phase=Progressing
at 84s  expect phase=Healthy condition=Healthy/False pods=web:1:5,web:2:5 waits="the scale-down delay"
at 114s expect pods=web:1:0,web:2:5
at 118s expect condition=Healthy/True/RolloutHealthy phase=Healthy
