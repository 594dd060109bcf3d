package io.quittance.web;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Limits at the HTTP edge.
 *
 * @param maxBodyBytes the largest request body where a route has no {@link BodyLimit}: enough for
 *     the largest metadata, all of it in escapes
 * @param headerLimit the longest that a request's line and headers may take to arrive
 * @param bodyLimit the longest that its body may take, beside {@link
 *     LimitedBodyRequest#PACE_BYTES_PER_SECOND}
 * @param stallLimit how long a client may read nothing of a response
 * @param drainLimit how long a shutdown waits for kept connections to end; 0: not at all
 * @param requestLog whether each request is logged, with its route, status and duration
 */
@ConfigurationProperties("quittance.web")
public record WebProperties(
    @DefaultValue("393216") @Min(1024) int maxBodyBytes,
    @DefaultValue("5s") @DurationMin(millis = 100) Duration headerLimit,
    @DefaultValue("5s") @DurationMin(millis = 100) Duration bodyLimit,
    @DefaultValue("60s") @DurationMin(seconds = 1) Duration stallLimit,
    @DefaultValue("0s") @DurationMin Duration drainLimit,
    @DefaultValue("false") boolean requestLog) {}
