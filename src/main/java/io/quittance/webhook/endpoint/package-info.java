/** A merchant's webhook endpoint, the events it takes, and its sealed secrets. */
@NullMarked
package io.quittance.webhook.endpoint;

import org.jspecify.annotations.NullMarked;
