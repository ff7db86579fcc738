# row "lost promote"
replicas: 2
images: {web:2: {unreadyAfterMs: 8000}, web:3: {}}
strategy:
  blueGreen: {activeService: web, autoPromotionEnabled: false}
---
at 10s  apply image=web:2
at 15s  expect phase=Paused
at 25s  promote
        expect active=web:1 field=status.pauseConditions:none message="active service cutover pending" field=status.controllerPause:true
at 60s  expect active=web:1 field=status.pauseConditions:none
