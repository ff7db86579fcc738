replicas: 4
strategy:
  blueGreen: {activeService: web, previewReplicaCount: 1}
---
at 10s  apply image=web:2
        expect pods=web:2:1
at 11s  expect pods=web:2:4 active=web:1 field=status.blueGreen.scaleUpPreviewCheckPoint:true
at 13s  expect active=web:2 phase=Healthy
