// SPDX-License-Identifier: Apache-2.0
/**
 * How a new process receives the listening sockets of the one that runs, so that not even a connection in the kernel's queue
 * is lost: {@link io.gatehouse.proxy.takeover.TakeoverSocket} is the side of the old one,
 * {@link io.gatehouse.proxy.takeover.Predecessor} that of the new one. Linux with epoll only. Start reading at
 * {@code TakeoverProtocol}.
 */
@NullMarked
package io.gatehouse.proxy.takeover;

import org.jspecify.annotations.NullMarked;
