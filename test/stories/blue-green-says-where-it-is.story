replicas: 3
templates: [gate]
images: {web:1: {readyAfterMs: 3000}, web:2: {readyAfterMs: 3000}}
strategy:
  blueGreen: {activeService: web, previewService: web-canary, previewReplicaCount: 1, autoPromotionSeconds: 10, postPromotionAnalysis: {templates: [{templateName: gate}]}}
---
at 1s   expect phase=Progressing message="updated replicas are still becoming available"
at 3s   expect phase=Progressing message="active service cutover pending" active=web:1
at 5s   expect phase=Healthy condition="Progressing/True/NewReplicaSetAvailable"
at 10s  apply image=web:2
        expect phase=Progressing message="more replicas need to be updated" condition="Progressing/True/NewReplicaSetCreated"
at 10500ms expect phase=Progressing condition="Progressing/True/ReplicaSetUpdated"
at 14s  expect phase=Paused message=BlueGreenPause condition="Progressing/Unknown/RolloutPaused"
at 23s  expect phase=Progressing message="active service cutover pending" pods=web:2:3 condition="Paused/False/RolloutPaused"
at 27s  expect phase=Progressing message="waiting for analysis to complete" active=web:2
        run post Successful
at 29s  expect phase=Healthy condition="Healthy/True/RolloutHealthy"
at 60s  scale replicas=4
        expect phase=Progressing message="updated replicas are still becoming available"
at 64s  expect phase=Healthy condition="Available/True/AvailableReason"
