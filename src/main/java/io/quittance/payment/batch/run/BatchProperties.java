package io.quittance.payment.batch.run;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many batches and items are carried out at once.
 *
 * @param parallelism about how many items of one merchant are under way at once
 * @param parallelismBesideOthers how many items of all batches are under way at once on a replica
 *     while other merchants send commands; one merchant may have all but one of them
 * @param backgroundMax how many background batches a replica carries out at once, besides those
 *     that only have to be ended
 */
@ConfigurationProperties("quittance.batch")
record BatchProperties(
    @DefaultValue("64") @Min(1) int parallelism,
    @DefaultValue("4") @Min(1) int parallelismBesideOthers,
    @DefaultValue("8") @Min(1) int backgroundMax) {}
