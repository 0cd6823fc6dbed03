# SPDX-License-Identifier: Apache-2.0
"""Tables of attacks and faults for `bench/adversary`, and what judges a proxy by them."""
