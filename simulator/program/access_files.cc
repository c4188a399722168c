#include "simulator/program/access_files.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include "simulator/network/failure.h"

namespace plumbline::program {
namespace {

constexpr int kListenBacklog = 128;

bool is_anothers(const std::filesystem::path& path) {
  const network::Descriptor there(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return there.valid() && ::flock(there.get(), LOCK_EX | LOCK_NB) != 0;
}

}  // namespace

Result<world::HostListener> open_host_listener(const ClusterId& cluster) {
  network::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof place;
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&place), size) != 0 ||
      ::listen(socket.get(), kListenBacklog) != 0 ||
      ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&place), &size) != 0) {
    return network::unavailable("cannot listen on 127.0.0.1");
  }
  return world::HostListener{cluster, socket.release(), fmt::format("https://127.0.0.1:{}", ntohs(place.sin_port))};
}

Result<void> AccessFiles::make_folder() const {
  if (!dir_) return {};
  std::error_code failure;
  std::filesystem::create_directories(*dir_, failure);
  if (failure) return Error{Reason::kInvalidValue, dir_->string() + ": " + failure.message(), "", dir_->string()};
  return {};
}

Result<void> AccessFiles::write(const std::string& name, const std::string& text) {
  if (!dir_) return {};
  if (is_anothers(path(name)))
    return Error{Reason::kInUse, path(name).string() + " belongs to a world that is up; take another folder", "", name};
  ::unlink(path(name).c_str());
  network::Descriptor file(::open(path(name).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.valid() || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0 ||
      ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return network::unavailable("cannot write " + path(name).string());
  held_.push_back(std::move(file));
  return {};
}

void AccessFiles::remove() {
  held_.clear();
  for (const std::string& name : names_) {
    if (dir_ && !is_anothers(path(name))) ::unlink(path(name).c_str());
  }
}

}  // namespace plumbline::program
