router: istio
replicas: 3
strategy:
  canary:
    stableService: web
    canaryService: web-canary
    scaleDownDelaySeconds: 0
    trafficRouting: {istio: {virtualService: {name: web, routes: [primary]}}}
    steps: [{setWeight: 10}, {pause: {}}, {setWeight: 50}, {pause: {}}]
---
at 10s  apply image=web:2
at 20s  expect phase=Paused weight=10
# one of three pods carries a third
        promote full
        expect step=4 pods=web:2:3 weight=33
at 21s  expect weight=100 stable=web:1
at 22s  expect stable=web:2 weight=100 event="Full promotion requested" pods=web:1:3
# a delay of 0 seconds is a delay: the old pods go as soon as no backend leads to them any more
at 23s  expect weight=0 pods=web:1:0
at 26s  expect pods=web:1:0,web:2:3 phase=Healthy condition=Healthy/True
