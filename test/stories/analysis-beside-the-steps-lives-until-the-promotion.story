replicas: 2
templates: [gate]
strategy:
  canary:
    analysis: {startingStep: 1, templates: [{templateName: gate}]}
    steps: [{pause: {}}, {setWeight: 50}, {pause: {}}]
---
# neither the first deploy nor an earlier step starts it
at 10s  expect runs=
        apply image=web:2
at 15s  expect step=0 runs=
        promote
at 20s  expect step=2 runs=Background:open field=status.canary.currentBackgroundAnalysisRunStatus.name:web-859687bffd-2
# pauses do not disturb it
        promote
at 30s  expect phase=Healthy runs=Background:stopped field=status.canary.currentBackgroundAnalysisRunStatus:none
        apply image=web:3
at 35s  promote
at 40s  run background Error
        expect phase=Degraded message="RolloutAborted: Rollout aborted update to revision 3: Background analysis phase error/failed: it is Error" step=0
        expect told=AnalysisRunError,ScalingReplicaSet,RolloutAborted
# a retry asks with a new run
at 50s  retry
        expect step=0 runs=Background:Error,Background:stopped phase=Paused
at 55s  promote
at 60s  expect step=2 runs=Background:Error,Background:open,Background:stopped
