// SPDX-License-Identifier: Apache-2.0
/** Raw clients, scripted upstreams and a proxy in between, over real sockets; ports for other programs. Other modules test with it too. */
package io.gatehouse.proxy.testkit;
