replicas: 2
strategy: {canary: {maxSurge: 1, maxUnavailable: 0, steps: [{setWeight: 50}, {pause: {}}, {setWeight: 80}, {pause: {}}]}}
---
# `promote --skip-all-steps` sets the index and leaves the pause of the step where it was
at 10s  apply image=web:2
at 20s  expect step=1 phase=Paused message=CanaryPauseStep
        status {"currentStepIndex":4}
at 30s  expect phase=Healthy step=4 pods=web:2:2 event="Completed all 4 canary steps" field=status.pauseConditions:none
