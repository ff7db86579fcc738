import { parseFieldTable } from './field-table.js';

/** Go's field order of canary steps, whose hash is `status.currentStepHash`. Notation of {@link parseFieldTable}. */
export const canaryStepFields = parseFieldTable(`
CanaryStep: setWeight*, pause:Pause, experiment:Experiment, analysis:Analysis, setCanaryScale:SetCanaryScale, setHeaderRoute:SetHeaderRoute, setMirrorRoute:SetMirrorRoute, plugin:Plugin
Pause: duration*
SetCanaryScale: weight*, replicas*, matchTrafficWeight
SetHeaderRoute: name, match:HeaderMatch
HeaderMatch: headerName!, headerValue!null:StringMatch
SetMirrorRoute: name!, match:RouteMatch, percentage*
RouteMatch: method:StringMatch, path:StringMatch, headers:StringMatches
StringMatch: exact, prefix, regex
Plugin: name!, config:Json
Experiment: templates!null:ExperimentTemplate, duration, analyses:ExperimentAnalysis, dryRun:DryRun, analysisRunMetadata!:AddedMetadata, scaleDownDelaySeconds*
ExperimentTemplate: name!, specRef!, replicas*, metadata!:AddedMetadata, selector:LabelSelector, weight*, service:ServiceName
ServiceName: name
ExperimentAnalysis: name!, templateName!, clusterScope*, args:Argument, requiredForCompletion
Analysis: templates:TemplateRef, args:Argument, dryRun:DryRun, measurementRetention:Retention, analysisRunMetadata:AddedMetadata
TemplateRef: templateName!, clusterScope*
Argument: name!, value, valueFrom:ValueFrom
ValueFrom: podTemplateHashValue*, fieldRef:FieldRef
FieldRef: fieldPath!
DryRun: metricName!
Retention: metricName!, limit!0
AddedMetadata: labels, annotations
LabelSelector: matchLabels, matchExpressions:LabelSelectorRequirement
LabelSelectorRequirement: key!, operator!, values
`);
