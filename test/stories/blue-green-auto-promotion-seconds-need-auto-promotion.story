replicas: 1
strategy:
  blueGreen: {activeService: web, autoPromotionEnabled: false, autoPromotionSeconds: 5}
---
at 10s  apply image=web:2
at 300s expect phase=Paused message=BlueGreenPause active=web:1
# without a need for it the pause goes away
        spec {"strategy":{"blueGreen":{"autoPromotionEnabled":true,"autoPromotionSeconds":null}}}
at 305s expect phase=Healthy active=web:2
