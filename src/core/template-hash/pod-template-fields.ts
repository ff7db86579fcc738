import { parseFieldTable } from './field-table.js';

/**
 * Go's field order of a pod template (k8s.io/api 0.34). Its hash is over that JSON, so that order, zero values and
 * pointers are part of the name of every ReplicaSet. The notation is that of {@link parseFieldTable}.
 */
export const podTemplateFields = parseFieldTable(`
PodTemplateSpec: metadata!:ObjectMeta, spec!:PodSpec
ObjectMeta: name, generateName, namespace, selfLink, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds*, labels, annotations, ownerReferences:OwnerReference, finalizers, managedFields:ManagedFieldsEntry
OwnerReference: apiVersion!, kind!, name!, uid!, controller*, blockOwnerDeletion*
ManagedFieldsEntry: manager, operation, apiVersion, time, fieldsType, fieldsV1*:Json, subresource
PodSpec: volumes:Volume, initContainers:Container, containers!null:Container, ephemeralContainers:EphemeralContainer, restartPolicy, terminationGracePeriodSeconds*, activeDeadlineSeconds*, dnsPolicy, nodeSelector, serviceAccountName, serviceAccount, automountServiceAccountToken*, nodeName, hostNetwork, hostPID, hostIPC, shareProcessNamespace*, securityContext:PodSecurityContext, imagePullSecrets:LocalObjectReference, hostname, subdomain, affinity:Affinity, schedulerName, tolerations:Toleration, hostAliases:HostAlias, priorityClassName, priority*, dnsConfig:PodDNSConfig, readinessGates:PodReadinessGate, runtimeClassName*, enableServiceLinks*, preemptionPolicy*, overhead:Quantities, topologySpreadConstraints:TopologySpreadConstraint, setHostnameAsFQDN*, os:PodOS, hostUsers*, schedulingGates:PodSchedulingGate, resourceClaims:PodResourceClaim, resources:ResourceRequirements, hostnameOverride*
Volume: name!, ...VolumeSource
VolumeSource: hostPath:HostPathVolumeSource, emptyDir:EmptyDirVolumeSource, gcePersistentDisk:GCEPersistentDiskVolumeSource, awsElasticBlockStore:AWSElasticBlockStoreVolumeSource, gitRepo:GitRepoVolumeSource, secret:SecretVolumeSource, nfs:NFSVolumeSource, iscsi:ISCSIVolumeSource, glusterfs:GlusterfsVolumeSource, persistentVolumeClaim:PersistentVolumeClaimVolumeSource, rbd:RBDVolumeSource, flexVolume:FlexVolumeSource, cinder:CinderVolumeSource, cephfs:CephFSVolumeSource, flocker:FlockerVolumeSource, downwardAPI:DownwardAPIVolumeSource, fc:FCVolumeSource, azureFile:AzureFileVolumeSource, configMap:ConfigMapVolumeSource, vsphereVolume:VsphereVirtualDiskVolumeSource, quobyte:QuobyteVolumeSource, azureDisk:AzureDiskVolumeSource, photonPersistentDisk:PhotonPersistentDiskVolumeSource, projected:ProjectedVolumeSource, portworxVolume:PortworxVolumeSource, scaleIO:ScaleIOVolumeSource, storageos:StorageOSVolumeSource, csi:CSIVolumeSource, ephemeral:EphemeralVolumeSource, image:ImageVolumeSource
HostPathVolumeSource: path!, type*
EmptyDirVolumeSource: medium, sizeLimit*:Quantity
GCEPersistentDiskVolumeSource: pdName!, fsType, partition, readOnly
AWSElasticBlockStoreVolumeSource: volumeID!, fsType, partition, readOnly
GitRepoVolumeSource: repository!, revision, directory
SecretVolumeSource: secretName, items:KeyToPath, defaultMode*, optional*
KeyToPath: key!, path!, mode*
NFSVolumeSource: server!, path!, readOnly
ISCSIVolumeSource: targetPortal!, iqn!, lun!0, iscsiInterface, fsType, readOnly, portals, chapAuthDiscovery, chapAuthSession, secretRef:LocalObjectReference, initiatorName*
LocalObjectReference: name
GlusterfsVolumeSource: endpoints!, path!, readOnly
PersistentVolumeClaimVolumeSource: claimName!, readOnly
RBDVolumeSource: monitors!null, image!, fsType, pool, user, keyring, secretRef:LocalObjectReference, readOnly
FlexVolumeSource: driver!, fsType, secretRef:LocalObjectReference, readOnly, options
CinderVolumeSource: volumeID!, fsType, readOnly, secretRef:LocalObjectReference
CephFSVolumeSource: monitors!null, path, user, secretFile, secretRef:LocalObjectReference, readOnly
FlockerVolumeSource: datasetName, datasetUUID
DownwardAPIVolumeSource: items:DownwardAPIVolumeFile, defaultMode*
DownwardAPIVolumeFile: path!, fieldRef:ObjectFieldSelector, resourceFieldRef:ResourceFieldSelector, mode*
ObjectFieldSelector: apiVersion, fieldPath!
ResourceFieldSelector: containerName, resource!, divisor!:Quantity
FCVolumeSource: targetWWNs, lun*, fsType, readOnly, wwids
AzureFileVolumeSource: secretName!, shareName!, readOnly
ConfigMapVolumeSource: ...LocalObjectReference, items:KeyToPath, defaultMode*, optional*
VsphereVirtualDiskVolumeSource: volumePath!, fsType, storagePolicyName, storagePolicyID
QuobyteVolumeSource: registry!, volume!, readOnly, user, group, tenant
AzureDiskVolumeSource: diskName!, diskURI!, cachingMode*, fsType*, readOnly*, kind*
PhotonPersistentDiskVolumeSource: pdID!, fsType
ProjectedVolumeSource: sources!null:VolumeProjection, defaultMode*
VolumeProjection: secret:SecretProjection, downwardAPI:DownwardAPIProjection, configMap:ConfigMapProjection, serviceAccountToken:ServiceAccountTokenProjection, clusterTrustBundle:ClusterTrustBundleProjection, podCertificate:PodCertificateProjection
SecretProjection: ...LocalObjectReference, items:KeyToPath, optional*
DownwardAPIProjection: items:DownwardAPIVolumeFile
ConfigMapProjection: ...LocalObjectReference, items:KeyToPath, optional*
ServiceAccountTokenProjection: audience, expirationSeconds*, path!
ClusterTrustBundleProjection: name*, signerName*, labelSelector:LabelSelector, optional*, path!
LabelSelector: matchLabels, matchExpressions:LabelSelectorRequirement
LabelSelectorRequirement: key!, operator!, values
PodCertificateProjection: signerName, keyType, maxExpirationSeconds*, credentialBundlePath, keyPath, certificateChainPath
PortworxVolumeSource: volumeID!, fsType, readOnly
ScaleIOVolumeSource: gateway!, system!, secretRef!null:LocalObjectReference, sslEnabled, protectionDomain, storagePool, storageMode, volumeName, fsType, readOnly
StorageOSVolumeSource: volumeName, volumeNamespace, fsType, readOnly, secretRef:LocalObjectReference
CSIVolumeSource: driver!, readOnly*, fsType*, volumeAttributes, nodePublishSecretRef:LocalObjectReference
EphemeralVolumeSource: volumeClaimTemplate:PersistentVolumeClaimTemplate
PersistentVolumeClaimTemplate: metadata!:ObjectMeta, spec!:PersistentVolumeClaimSpec
PersistentVolumeClaimSpec: accessModes, selector:LabelSelector, resources!:VolumeResourceRequirements, volumeName, storageClassName*, volumeMode*, dataSource:TypedLocalObjectReference, dataSourceRef:TypedObjectReference, volumeAttributesClassName*
VolumeResourceRequirements: limits:Quantities, requests:Quantities
TypedLocalObjectReference: apiGroup*!null, kind!, name!
TypedObjectReference: apiGroup*!null, kind!, name!, namespace*
ImageVolumeSource: reference, pullPolicy
Container: name!, image, command, args, workingDir, ports:ContainerPort, envFrom:EnvFromSource, env:EnvVar, resources!:ResourceRequirements, resizePolicy:ContainerResizePolicy, restartPolicy*, restartPolicyRules:ContainerRestartRule, volumeMounts:VolumeMount, volumeDevices:VolumeDevice, livenessProbe:Probe, readinessProbe:Probe, startupProbe:Probe, lifecycle:Lifecycle, terminationMessagePath, terminationMessagePolicy, imagePullPolicy, securityContext:SecurityContext, stdin, stdinOnce, tty
ContainerPort: name, hostPort, containerPort!0, protocol, hostIP
EnvFromSource: prefix, configMapRef:ConfigMapEnvSource, secretRef:SecretEnvSource
ConfigMapEnvSource: ...LocalObjectReference, optional*
SecretEnvSource: ...LocalObjectReference, optional*
EnvVar: name!, value, valueFrom:EnvVarSource
EnvVarSource: fieldRef:ObjectFieldSelector, resourceFieldRef:ResourceFieldSelector, configMapKeyRef:ConfigMapKeySelector, secretKeyRef:SecretKeySelector, fileKeyRef:FileKeySelector
ConfigMapKeySelector: ...LocalObjectReference, key!, optional*
SecretKeySelector: ...LocalObjectReference, key!, optional*
FileKeySelector: volumeName!, path!, key!, optional*
ResourceRequirements: limits:Quantities, requests:Quantities, claims:ResourceClaim
ResourceClaim: name!, request
ContainerResizePolicy: resourceName!, restartPolicy!
ContainerRestartRule: action, exitCodes:ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes: operator, values
VolumeMount: name!, readOnly, recursiveReadOnly*, mountPath!, subPath, mountPropagation*, subPathExpr
VolumeDevice: name!, devicePath!
Probe: ...ProbeHandler, initialDelaySeconds, timeoutSeconds, periodSeconds, successThreshold, failureThreshold, terminationGracePeriodSeconds*
ProbeHandler: exec:ExecAction, httpGet:HTTPGetAction, tcpSocket:TCPSocketAction, grpc:GRPCAction
ExecAction: command
HTTPGetAction: path, port!0, host, scheme, httpHeaders:HTTPHeader
HTTPHeader: name!, value!
TCPSocketAction: port!0, host
GRPCAction: port!0, service*!null
Lifecycle: postStart:LifecycleHandler, preStop:LifecycleHandler, stopSignal*
LifecycleHandler: exec:ExecAction, httpGet:HTTPGetAction, tcpSocket:TCPSocketAction, sleep:SleepAction
SleepAction: seconds!0
SecurityContext: capabilities:Capabilities, privileged*, seLinuxOptions:SELinuxOptions, windowsOptions:WindowsSecurityContextOptions, runAsUser*, runAsGroup*, runAsNonRoot*, readOnlyRootFilesystem*, allowPrivilegeEscalation*, procMount*, seccompProfile:SeccompProfile, appArmorProfile:AppArmorProfile
Capabilities: add, drop
SELinuxOptions: user, role, type, level
WindowsSecurityContextOptions: gmsaCredentialSpecName*, gmsaCredentialSpec*, runAsUserName*, hostProcess*
SeccompProfile: type!, localhostProfile*
AppArmorProfile: type!, localhostProfile*
EphemeralContainer: ...Container, targetContainerName
PodSecurityContext: seLinuxOptions:SELinuxOptions, windowsOptions:WindowsSecurityContextOptions, runAsUser*, runAsGroup*, runAsNonRoot*, supplementalGroups, supplementalGroupsPolicy*, fsGroup*, sysctls:Sysctl, fsGroupChangePolicy*, seccompProfile:SeccompProfile, appArmorProfile:AppArmorProfile, seLinuxChangePolicy*
Sysctl: name!, value!
Affinity: nodeAffinity:NodeAffinity, podAffinity:PodAffinity, podAntiAffinity:PodAntiAffinity
NodeAffinity: requiredDuringSchedulingIgnoredDuringExecution:NodeSelector, preferredDuringSchedulingIgnoredDuringExecution:PreferredSchedulingTerm
NodeSelector: nodeSelectorTerms!null:NodeSelectorTerm
NodeSelectorTerm: matchExpressions:NodeSelectorRequirement, matchFields:NodeSelectorRequirement
NodeSelectorRequirement: key!, operator!, values
PreferredSchedulingTerm: weight!0, preference!:NodeSelectorTerm
PodAffinity: requiredDuringSchedulingIgnoredDuringExecution:PodAffinityTerm, preferredDuringSchedulingIgnoredDuringExecution:WeightedPodAffinityTerm
PodAffinityTerm: labelSelector:LabelSelector, namespaces, topologyKey!, namespaceSelector:LabelSelector, matchLabelKeys, mismatchLabelKeys
WeightedPodAffinityTerm: weight!0, podAffinityTerm!:PodAffinityTerm
PodAntiAffinity: requiredDuringSchedulingIgnoredDuringExecution:PodAffinityTerm, preferredDuringSchedulingIgnoredDuringExecution:WeightedPodAffinityTerm
Toleration: key, operator, value, effect, tolerationSeconds*
HostAlias: ip!, hostnames
PodDNSConfig: nameservers, searches, options:PodDNSConfigOption
PodDNSConfigOption: name, value*
PodReadinessGate: conditionType!
TopologySpreadConstraint: maxSkew!0, topologyKey!, whenUnsatisfiable!, labelSelector:LabelSelector, minDomains*, nodeAffinityPolicy*, nodeTaintsPolicy*, matchLabelKeys
PodOS: name!
PodSchedulingGate: name!
PodResourceClaim: name!, resourceClaimName*, resourceClaimTemplateName*
`);
