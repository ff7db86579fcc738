{{/* Values of the peers' charts that would not do here what they do there: said at once, not after the release. */}}
{{- define "sluice.refuse" -}}
{{- if .Values.controller.trafficRouterPlugins -}}
{{- fail "controller.trafficRouterPlugins: routers are built in here; docs/support.md lists them" -}}
{{- end -}}
{{- if .Values.controller.awsVerifyTargetGroup -}}
{{- fail "controller.awsVerifyTargetGroup: target groups are not verified here; leave it out" -}}
{{- end -}}
{{- if .Values.controller.pprofAddress -}}
{{- fail "controller.pprofAddress: there is no Go profiler here; set NODE_OPTIONS=--inspect in controller.extraEnv" -}}
{{- end -}}
{{- range $key := list "readonly" "replicas" "image" "resources" "serviceAccount" "pdb" "rootPath" "extraArgs" "extraEnv" -}}
{{- if hasKey $.Values.dashboard $key -}}
{{- fail (printf "dashboard.%s: the page is served by the controllers, and its users have the rights of their own tokens; leave it out" $key) -}}
{{- end -}}
{{- end -}}
{{- $known := (.Files.Get "files/rules.yaml" | fromYaml).providers -}}
{{- range $id, $on := .Values.providerRBAC.providers -}}
{{- if and $on (not (hasKey $known $id)) -}}
{{- fail (printf "providerRBAC.providers.%s: this build has no such router; it has %s" $id (keys $known | sortAlpha | join ", ")) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.dashboard.enabled (not .Values.dashboard.tlsInFront) -}}
{{- fail "dashboard.enabled: tokens are taken only where TLS ends in front of the page; set dashboard.tlsInFront: true when it does (kubectl port-forward reaches the page without this)" -}}
{{- end -}}
{{- if and .Values.dashboard.ingress.enabled (not .Values.dashboard.enabled) -}}
{{- fail "dashboard.ingress.enabled: needs dashboard.enabled" -}}
{{- end -}}
{{- if and .Values.reconciler.impersonate (not .Values.clusterInstall) -}}
{{- fail "reconciler.impersonate: needs clusterInstall; grant impersonate on serviceaccounts in the namespace yourself instead" -}}
{{- end -}}
{{- if and .Values.reconciler.clusterRole (not .Values.clusterInstall) -}}
{{- fail "reconciler.clusterRole: needs clusterInstall; bind a Role of the namespace yourself instead" -}}
{{- end -}}
{{- end -}}
