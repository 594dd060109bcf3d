package io.quittance.access;

import java.util.Set;
import java.util.UUID;

/**
 * The merchant on whose behalf a request is made, as its API key says. Controllers take it as a
 * parameter.
 *
 * @param deadlineMaxMs the longest deadline that the merchant may be granted, in milliseconds
 */
public record Caller(UUID merchantId, UUID keyId, Set<Scope> scopes, int deadlineMaxMs) {}
