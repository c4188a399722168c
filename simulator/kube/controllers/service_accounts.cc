#include "simulator/kube/controllers/service_accounts.h"

#include "simulator/kube/controllers/field_manager.h"

namespace plumbline::kube {
namespace {

constexpr std::string_view kTokenType = "kubernetes.io/service-account-token";
constexpr const char* kAccountName = "kubernetes.io/service-account.name";
constexpr const char* kAccountUid = "kubernetes.io/service-account.uid";

bool is_token(const Object& secret) { return secret.at("type") == kTokenType; }

}  // namespace

ServiceAccounts::ServiceAccounts(boost::asio::io_context& io, Operations& operations, std::string ca_pem, Mint mint)
    : operations_(operations),
      store_(operations.store()),
      ca_pem_(std::move(ca_pem)),
      mint_(std::move(mint)),
      queue_(io, [this](const ObjectKey& key) { sync(key); }),
      spaces_(store_.subscribe(KindId::kNamespace, "", [this](const Event& event) { on_event(event); })),
      accounts_(store_.subscribe(KindId::kServiceAccount, "", [this](const Event& event) { on_event(event); })),
      secrets_(store_.subscribe(KindId::kSecret, "", [this](const Event& event) { on_event(event); })) {}

void ServiceAccounts::on_event(const Event& event) {
  const Object& object = *event.object;
  switch (object.kind()) {
    case KindId::kNamespace:
      if (event.op == Op::kAdded) queue_.add(object.key());
      break;
    case KindId::kServiceAccount:
      if (event.op == Op::kModified) break;
      for (const ObjectPtr& secret : store_.list(KindId::kSecret, object.space()))
        if (is_token(*secret) && secret->annotation(kAccountName) == object.name()) queue_.add(secret->key());
      if (event.op == Op::kDeleted) queue_.add({KindId::kNamespace, "", object.space()});
      break;
    default:
      if (event.op != Op::kDeleted && is_token(object)) queue_.add(object.key());
  }
}

void ServiceAccounts::sync(const ObjectKey& key) {
  const ObjectPtr object = store_.find(key);
  if (!object || object->deleting()) return;
  if (key.kind == KindId::kSecret) return fill(object);
  if (!store_.find(KindId::kServiceAccount, key.name, "default"))
    (void)operations_.create(KindId::kServiceAccount, key.name, Value{{"metadata", {{"name", "default"}}}},
                             as_controller());
  if (!store_.find(KindId::kConfigMap, key.name, "kube-root-ca.crt"))
    (void)operations_.create(KindId::kConfigMap, key.name,
                             Value{{"metadata", {{"name", "kube-root-ca.crt"}}}, {"data", {{"ca.crt", ca_pem_}}}},
                             as_controller());
}

void ServiceAccounts::fill(const ObjectPtr& secret) {
  const ObjectPtr account = store_.find(KindId::kServiceAccount, secret->space(), secret->annotation(kAccountName));
  const std::string uid(secret->annotation(kAccountUid));
  if (!account || (!uid.empty() && uid != account->uid())) {
    // The token outlived its account. One that has never had a token waits for its account.
    if (!uid.empty()) (void)operations_.remove(secret->key());
    return;
  }
  if (secret->at("data").contains("token")) return;
  Value patch{
      {"metadata", {{"annotations", {{kAccountUid, account->uid()}}}}},
      {"stringData", {{"token", mint_(*account, *secret)}, {"ca.crt", ca_pem_}, {"namespace", secret->space()}}}};
  (void)operations_.patch(secret->key(), PatchType::kMerge, patch, as_controller());
}

}  // namespace plumbline::kube
