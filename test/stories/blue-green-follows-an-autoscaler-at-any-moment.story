# rows "HPA changes during an abort delay froze traffic", "scale event path skips traffic/services"
replicas: 2
strategy:
  blueGreen: {activeService: web, autoPromotionEnabled: false}
---
at 10s  apply image=web:2
at 12s  scale replicas=4
at 15s  expect pods=web:1:4,web:2:4 phase=Paused field=status.HPAReplicas:4
        scale replicas=5
        promote
        expect pods=web:1:5,web:2:5 active=web:1
at 17s  expect active=web:2
at 20s  expect phase=Healthy
        scale replicas=3
# the old pods are kept for a way back at the size of the new ones
at 25s  expect pods=web:1:3,web:2:3 field=status.HPAReplicas:3
        apply image=web:3
at 30s  abort
        scale replicas=6
        expect phase=Degraded active=web:2 pods=web:2:6
at 35s  expect field=status.HPAReplicas:6 field=status.availableReplicas:6
at 90s  expect pods=web:3:0
        scale replicas=0
at 95s  expect pods=web:2:0 field=status.HPAReplicas:0
