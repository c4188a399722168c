// Every TCP connection attempt (SYN without ACK) that comes out of an instance, seen at its VPC's end of the link.
// Not a filter: it only watches. Runs on one io_context thread; all members must be called there.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "model/error.h"
#include "simulator/network/namespace.h"
#include "wire/history.h"

namespace plumbline::network {

class FlowLog {
 public:
  using OnSyn = std::function<void(const wire::Syn&)>;

  /// Watches interface `link` of `space`. `now_us` is the time base of wire::Syn::t; times are those of the kernel, not
  /// of reading. `io` and what the functions use must outlive the log. kUnavailable.
  static Result<std::unique_ptr<FlowLog>> open(boost::asio::io_context& io, const Namespace& space,
                                               const std::string& link, std::function<std::int64_t()> now_us,
                                               OnSyn on_syn);
  /// Reports what the kernel has seen up to now.
  void drain();
  /// Attempts that were lost because we read too slowly; 0 or the log is no evidence.
  std::uint64_t lost();

 private:
  FlowLog(boost::asio::io_context& io, Descriptor socket, std::function<std::int64_t()> now_us, OnSyn on_syn);
  void wait();

  boost::asio::posix::stream_descriptor socket_;
  std::function<std::int64_t()> now_us_;
  OnSyn on_syn_;
  std::uint64_t lost_ = 0;
};

}  // namespace plumbline::network
