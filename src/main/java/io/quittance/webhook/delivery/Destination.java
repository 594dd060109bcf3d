package io.quittance.webhook.delivery;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a merchant's deliveries go.
 *
 * @param endpointId one of the merchant's endpoints; null: the operator's own receiver
 */
public record Destination(UUID merchantId, @Nullable UUID endpointId) {}
