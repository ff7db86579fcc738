replicas: 2
strategy: {canary: {steps: [{setWeight: 50}, {pause: {}}]}}
spec: {rollbackWindow: {revisions: 1}}
---
at 0s   expect completion=open
at 10s  expect completion=Promoted
# paused by the spec counts as held, and so does a pause without end
        apply image=web:2
at 12s  expect phase=Paused completion=open
        pause
at 22s  promote
        expect phase=Paused
at 32s  unpause
at 40s  expect completion=Promoted heldSeconds=21
# back to the revision before: inside the window nobody is asked
        apply image=web:1
at 50s  expect phase=Healthy completion=FastRolledBack heldSeconds=0
# a release that another one takes the place of is not told of
        apply image=web:3
at 60s  apply image=web:4
        expect completion=open tookSeconds=open
# and one that goes back to the stable template ends where it began
at 70s  apply image=web:1
at 80s  expect completion=FastRolledBack phase=Healthy
        apply image=web:5
at 90s  promote full
at 100s expect completion=FastPromoted
        scale replicas=3
at 110s expect completion=FastPromoted
# two revisions back: a rollback with its steps
        apply image=web:3
at 120s promote
at 130s expect completion=RolledBack phase=Healthy
        apply image=web:6
at 140s abort
        expect completion=Aborted
