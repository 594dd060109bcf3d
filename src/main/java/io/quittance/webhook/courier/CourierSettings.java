package io.quittance.webhook.courier;

import java.time.Duration;

/**
 * Limits of a {@link Courier}.
 *
 * @param connections open at once, idle ones included
 * @param connectionsPerHost in use at once by one host
 * @param connectTimeout how long connecting to one address may take
 * @param idleMax how long an unused connection is kept open
 */
record CourierSettings(
    int connections, int connectionsPerHost, Duration connectTimeout, Duration idleMax) {}
