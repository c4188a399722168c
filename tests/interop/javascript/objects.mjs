// CRUD and refusals; what came is told as one JSON object on stdout. Arguments: KUBECONFIG NAMESPACE
import {ApiException, AppsV1Api, AuthorizationV1Api, CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions}
  from '@kubernetes/client-node';

const [kubeconfig, namespace] = process.argv.slice(2);
const config = new KubeConfig();
config.loadFromFile(kubeconfig);
const core = config.makeApiClient(CoreV1Api);
const apps = config.makeApiClient(AppsV1Api);
const told = {};

async function refusal(call) {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof ApiException)) throw error;
    const status = JSON.parse(error.body);
    return {code: error.code, reason: status.reason, message: status.message};
  }
  return null;
}

const body = {metadata: {name: 'c', labels: {x: 'y'}}, data: {a: '1'}};
const made = await core.createNamespacedConfigMap({namespace, body});
told.made = {kind: made.kind, uid: Boolean(made.metadata.uid), isDate: made.metadata.creationTimestamp instanceof Date};
told.again = await refusal(() => core.createNamespacedConfigMap({namespace, body}));
told.replaced = (await core.replaceNamespacedConfigMap({namespace, name: 'c', body: {...made, data: {a: '2'}}})).data;
told.conflict = await refusal(() => core.replaceNamespacedConfigMap({namespace, name: 'c', body: made}));
const patch = (type, change) => core.patchNamespacedConfigMap({namespace, name: 'c', body: change},
  setHeaderOptions('Content-Type', type));
told.merged = (await patch(PatchStrategy.MergePatch, {data: {b: '3'}})).data;
told.jsonPatched = (await patch(PatchStrategy.JsonPatch, [{op: 'remove', path: '/data/a'}])).data;
told.listed = (await core.listNamespacedConfigMap({namespace, labelSelector: 'x=y'})).items.map(({metadata}) => metadata.name);
await core.deleteNamespacedConfigMap({namespace, name: 'c'});
told.gone = await refusal(() => core.readNamespacedConfigMap({namespace, name: 'c'}));

const labels = {app: 'web'};
await apps.createNamespacedDeployment({namespace, body: {metadata: {name: 'web'}, spec: {
  replicas: 2, selector: {matchLabels: labels},
  template: {metadata: {labels}, spec: {containers: [{name: 'c', image: 'httpbin:1'}]}}}}});
told.invalid = await refusal(() => core.createNamespacedService({namespace, body: {
  metadata: {name: 'web'}, spec: {ports: [{port: 70000}]}}}));
const review = await config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview(
  {body: {spec: {resourceAttributes: {verb: 'delete', resource: 'nodes'}}}});
told.allowed = review.status.allowed;
console.log(JSON.stringify(told));
