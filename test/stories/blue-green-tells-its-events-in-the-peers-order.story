replicas: 3
strategy:
  blueGreen: {activeService: web}
---
at 10s  expect told=RolloutAddedToInformer,RolloutUpdated,NewReplicaSetCreated,ScalingReplicaSet,RolloutCompleted,SwitchService phase=Healthy
        apply image=web:2
at 30s  expect told=RolloutUpdated,NewReplicaSetCreated,RolloutNotCompleted,ScalingReplicaSet,SwitchService,RolloutCompleted phase=Healthy
# 3 wanted, 6 there: the old ones wait for their deadline, and the numbers are those of the active pods
        expect field=status.replicas:6 field=status.updatedReplicas:3 field=status.readyReplicas:3 field=status.availableReplicas:3 field=status.HPAReplicas:3
