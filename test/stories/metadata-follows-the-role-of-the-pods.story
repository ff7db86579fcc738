replicas: 2
strategy:
  canary:
    canaryMetadata: {labels: {role: canary}}
    stableMetadata: {labels: {role: stable}}
    steps: [{setWeight: 50}, {pause: {}}]
---
at 10s  expect roles=stable,stable
        apply image=web:2
at 20s  expect phase=Paused roles=canary,stable
        promote
at 30s  expect phase=Healthy roles=stable,stable pods=web:1:0,web:2:2
