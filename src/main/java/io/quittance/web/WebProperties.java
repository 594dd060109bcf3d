package io.quittance.web;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Limits at the HTTP edge.
 *
 * @param maxBodyBytes the largest request body
 * @param headerLimit the longest that a request's line and headers may take to arrive
 * @param bodyLimit the longest that its body may take
 * @param requestLog whether each request is logged, with its route, status and duration
 */
@ConfigurationProperties("quittance.web")
record WebProperties(
    @DefaultValue("65536") int maxBodyBytes,
    @DefaultValue("5s") Duration headerLimit,
    @DefaultValue("5s") Duration bodyLimit,
    @DefaultValue("false") boolean requestLog) {}
