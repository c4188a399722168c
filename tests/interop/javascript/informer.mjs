// An informer on ConfigMaps labelled x=y whose watch the server ends every second. Each thing that it hears is a line of
// JSON on stdout; it ends when stdin does. Arguments: KUBECONFIG NAMESPACE
import {CoreV1Api, KubeConfig, makeInformer} from '@kubernetes/client-node';

const [kubeconfig, namespace] = process.argv.slice(2);
const config = new KubeConfig();
config.loadFromFile(kubeconfig);
const core = config.makeApiClient(CoreV1Api);
const labelSelector = 'x=y';
const tell = (what, about) => console.log(JSON.stringify({what, about}));

let lists = 0;
const list = async () => {
  tell('list', ++lists);
  return core.listNamespacedConfigMap({namespace, labelSelector});
};
const path = `/api/v1/namespaces/${namespace}/configmaps?timeoutSeconds=1`;
const informer = makeInformer(config, path, list, labelSelector);
for (const verb of ['add', 'update', 'delete']) informer.on(verb, (object) => tell(verb, object.metadata.name));
informer.on('connect', () => tell('connect', informer.list().map((object) => object.metadata.name).sort()));
informer.on('error', (error) => tell('error', String(error)));
await informer.start();
process.stdin.on('end', () => process.exit(0)).resume();
