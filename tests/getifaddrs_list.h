/* SPDX-License-Identifier: MIT */
/* Every test over a getifaddrs of our own. */
X(getifaddrs, entries_of_one_interface_are_joined)
X(getifaddrs, null_and_missing_parts_are_absent)
X(getifaddrs, broadcast_address_is_none_without_its_flag)
X(getifaddrs, failure_is_reported_and_an_empty_list_is_0)
