# SPDX-License-Identifier: Apache-2.0
"""What the load scripts share. Start with `peers` (who is measured) and `sampling` (what is read of them)."""
