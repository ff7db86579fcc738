replicas: 2
strategy: {canary: {steps: [{setWeight: 50}, {pause: {}}, {pause: {duration: 10s}}]}}
---
at 10s  expect completion=Promoted
        apply image=web:2
        expect completion=open tookSeconds=open
at 12s  expect phase=Paused
at 52s  promote
at 100s expect phase=Healthy completion=Promoted heldSeconds=41
# scaling is no release, and an abort ends one
        scale replicas=3
at 120s expect completion=Promoted heldSeconds=41
        apply image=web:3
at 130s abort
        expect completion=Aborted
        retry
        expect completion=open tookSeconds=open
        promote full
at 150s expect phase=Healthy completion=FastPromoted
# back to a template that was there before
        apply image=web:2
at 160s promote
at 200s expect phase=Healthy completion=RolledBack
