replicas: 2
router: istio
templates: [gate]
strategy:
  canary:
    stableService: web
    canaryService: web-canary
    trafficRouting: {istio: {virtualService: {name: web, routes: [primary]}}}
    steps:
      - setWeight: 50
      - analysis: {templates: [{templateName: gate}], args: [{name: hash, valueFrom: {podTemplateHashValue: Latest}}]}
      - setWeight: 80
---
at 10s  apply image=web:2
at 20s  expect step=1 runs=Step:open phase=Progressing waits="AnalysisRun web-859687bffd-2-1 to end"
        run step Running
        expect event="AnalysisRunRunning: Step Analysis Run 'web-859687bffd-2-1' Status New: 'Running' Previous: ''"
at 30s  run step Failed
        expect phase=Degraded weight=0 step=0
        expect message="RolloutAborted: Rollout aborted update to revision 2: Step-based analysis phase error/failed: it is Failed"
at 40s  retry
at 50s  expect step=1 runs=Step:Failed,Step:open
        run step Successful
at 60s  expect phase=Healthy stable=web:2 event="Rollout step 2/3 completed (analysis)"
