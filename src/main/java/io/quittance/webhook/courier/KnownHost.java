package io.quittance.webhook.courier;

import io.quittance.concurrency.Deadline;
import java.net.InetAddress;
import java.util.List;

/**
 * What is known of a host by its last look-up. Immutable.
 *
 * @param addresses none if it has none
 * @param fresh until then the host is not looked up again
 */
record KnownHost(List<InetAddress> addresses, Deadline fresh) {}
