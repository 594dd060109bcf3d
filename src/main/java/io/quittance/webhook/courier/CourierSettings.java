package io.quittance.webhook.courier;

import java.time.Duration;

/**
 * Limits of a {@link Courier}.
 *
 * @param connections open at once, idle ones included
 * @param connectionsPerHost in use at once by one host
 * @param connectTimeout until a connection is there, per address
 * @param idleMax how long a connection is kept open unused
 */
record CourierSettings(
    int connections, int connectionsPerHost, Duration connectTimeout, Duration idleMax) {}
