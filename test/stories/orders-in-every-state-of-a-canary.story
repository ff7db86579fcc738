replicas: 2
images: {web:2: {readyAfterMs: 5000}}
strategy: {canary: {maxSurge: 1, maxUnavailable: 0, steps: [{setWeight: 50}, {pause: {}}, {setWeight: 80}, {pause: {duration: 10s}}]}}
---
# settled: abort, retry and full promotion do nothing and leave nothing
at 10s  abort
        expect phase=Healthy field=status.abort:none
        retry
        expect phase=Healthy field=status.abort:none
        promote full
        expect phase=Healthy field=status.promoteFull:none step=4
# a step that waits for pods can be left out
        apply image=web:2
at 12s  expect step=0 phase=Progressing
        skip
        expect step=1 phase=Paused message=CanaryPauseStep
# a timed pause can be ended early, and an index beyond the end means the end
        promote
        expect step=2
        skip
        expect step=3 phase=Paused
        promote
        expect step=4
        status {"currentStepIndex":9}
        expect step=4
at 30s  expect phase=Healthy step=4
# aborted: nothing but retry, a new template, the old one, or a full promotion leaves it
        apply image=web:3
at 40s  abort
        expect phase=Degraded step=0 condition="Progressing/False/RolloutAborted"
        status {"pauseConditions":null,"currentStepIndex":1}
        expect phase=Degraded step=0
at 50s  expect pods=web:2:2,web:3:0
        promote full
        expect field=status.abort:none field=status.abortedAt:none
at 60s  expect phase=Healthy pods=web:3:2 event="Full promotion requested" completion=FastPromoted
        apply image=web:4
at 70s  abort
        apply image=web:5
at 80s  expect phase=Paused step=1 field=status.abort:none field=status.abortedAt:none
        abort
        apply image=web:3
at 90s  expect phase=Healthy step=4 field=status.abort:none field=status.abortedAt:none event="SkipSteps: Rollback to stable ReplicaSets"
# a pause by the spec and one of a step end apart
        apply image=web:6
at 100s pause
        expect phase=Paused message="manually paused"
        unpause
        expect phase=Paused message=CanaryPauseStep
        pause
        promote
at 105s expect step=1 message="manually paused"
        unpause
        expect step=2
